package org.mysqlmanager.access;

import java.util.List;
import java.util.Locale;

/** The two ports. */
public enum Endpoints {
  APPLICATION,
  ADMIN;

  /**
   * Whether everybody may read that. A probe has no password, and one that fails may have a healthy
   * manager killed; what these say is one of a few fixed sentences. The health checks are not among
   * them: their reasons name servers and accounts.
   */
  boolean isOpen(String path) {
    return switch (this) {
      case APPLICATION -> false;
      case ADMIN -> List.of("/ping", "/ready").contains(path);
    };
  }

  /** As it is shown. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
