package org.mysqlmanager.access;

import java.util.List;
import java.util.Locale;

/** The two ports. */
public enum Endpoints {
  APPLICATION,
  ADMIN;

  /**
   * Whether everybody may read that. A probe has no password, and one that fails may have a healthy
   * manager killed; what it reads says no more than that something is amiss.
   */
  boolean isOpen(String path) {
    return switch (this) {
      case APPLICATION -> false;
      case ADMIN -> List.of("/ping", "/ready", "/healthcheck").contains(path);
    };
  }

  /** As it is shown. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
