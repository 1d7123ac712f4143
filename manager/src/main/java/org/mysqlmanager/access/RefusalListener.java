package org.mysqlmanager.access;

import java.net.InetAddress;
import java.util.Optional;

/** Hears of each refusal, on the thread of the request. */
@FunctionalInterface
public interface RefusalListener {
  void refused(Refusal refusal, Question question);

  /** A listener that tells both. */
  default RefusalListener and(RefusalListener other) {
    return (refusal, question) -> {
      refused(refusal, question);
      other.refused(refusal, question);
    };
  }

  /** The address to be shown. */
  static String shown(Optional<InetAddress> address) {
    return address.map(InetAddress::getHostAddress).orElse("an unknown address");
  }
}
