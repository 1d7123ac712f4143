package org.mysqlmanager.local.link;

/** How a link is cut in one direction. */
public enum Cut {
  /**
   * As when packets are lost: nothing that one sends reaches the other, and neither hears of it; no
   * FIN, no RST. New connections between the two hang, whoever opens them: they are accepted (a
   * relay cannot lose a SYN), but not a byte comes. When the link is healed, connections that both
   * still have go on, and what was sent meanwhile arrives late, just as TCP repeats it.
   */
  BLACK_HOLE,

  /**
   * As a firewall's reject: connections that one has opened to the other are reset, and new ones
   * too. Those that the other has opened are left alone.
   */
  REFUSE
}
