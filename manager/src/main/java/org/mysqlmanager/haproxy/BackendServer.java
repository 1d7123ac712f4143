package org.mysqlmanager.haproxy;

/**
 * One server line of a backend, as it is in force in HAProxy now.
 *
 * @param address an IP address, or "-" where none is known
 * @param operational {@code srv_op_state}: 0 stopped, 1 starting, 2 running, 3 stopping
 * @param administrative {@code srv_admin_state}, a set of bits (below)
 * @param weight {@code srv_uweight}: 0 gets no new connections
 * @param sessions clients connected to it through this backend now
 * @see <a href="https://docs.haproxy.org/2.6/management.html#9.3-show%20servers%20state">show
 *     servers state</a>
 */
record BackendServer(
    String backend,
    String name,
    String address,
    int port,
    int operational,
    int administrative,
    int weight,
    long sessions) {
  /** Maintenance: forced, inherited, for want of a DNS record, for a changed host name. */
  private static final int IN_MAINTENANCE = 0x01 | 0x02 | 0x20 | 0x40;

  /** Draining: forced, inherited. Sessions stay, new ones go elsewhere. */
  private static final int DRAINING = 0x08 | 0x10;

  /** The configuration file, or the command that added it, says {@code disabled}. */
  private static final int DECLARED_DISABLED = 0x04;

  private static final int STOPPED = 0;

  /**
   * Whether HAProxy is told to send clients here. A server that a health check has found down is
   * open all the same: it gets clients again as soon as the check succeeds, unasked.
   */
  boolean isOpen() {
    return (administrative & (IN_MAINTENANCE | DRAINING)) == 0 && weight > 0;
  }

  /** Whether any client can reach the server through this line now: old sessions count. */
  boolean isRouted() {
    return isOpen() || sessions > 0;
  }

  /** Whether a health check keeps clients away for now. */
  boolean isFoundDown() {
    return isOpen() && operational == STOPPED;
  }

  /** Whether HAProxy starts with this server closed. */
  boolean isDeclaredDisabled() {
    return (administrative & DECLARED_DISABLED) != 0;
  }

  /** The way commands name it. */
  String path() {
    return backend + "/" + name;
  }

  /** The way people read it. */
  String described() {
    return path()
        + " at "
        + (address.indexOf(':') >= 0 ? "[" + address + "]" : address)
        + ":"
        + port;
  }
}
