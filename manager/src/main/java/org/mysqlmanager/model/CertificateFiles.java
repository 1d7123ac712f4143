package org.mysqlmanager.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules for paths of certificates. */
final class CertificateFiles {
  private CertificateFiles() {}

  /** A blank value stands for none: a variable of the environment that is not set. */
  static Optional<String> given(@Nullable String path) {
    return Optional.ofNullable(path).filter(text -> !text.isBlank());
  }

  /** Who names an authority believes that it is checked: no mode may pass over it in silence. */
  static void requireUsed(TlsMode mode, String field, Optional<String> path) {
    if (path.isEmpty()) {
      return;
    }
    if (path.get().isBlank() || path.get().codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "%s %s is not valid: give the path of a PEM file"
              .formatted(field, Names.quoted(path.get())));
    }
    if (!mode.isVerifying()) {
      throw new IllegalArgumentException(
          "%s is given, but mode %s checks no certificate: set mode to verify_ca or verify_identity, or leave %s out"
              .formatted(field, mode, field));
    }
  }
}
