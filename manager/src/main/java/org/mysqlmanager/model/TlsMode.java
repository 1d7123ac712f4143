package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * How connections are encrypted, and what is made sure of; the names and meanings are MySQL's own.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/9.7/en/connection-options.html">--ssl-mode</a>
 */
public enum TlsMode {
  /**
   * Never. To MySQL, passwords are then encrypted with a public key that the server sends and
   * nobody checks.
   */
  @JsonProperty("disabled")
  DISABLED,
  /** If the other side offers it; its certificate is not checked. */
  @JsonProperty("preferred")
  PREFERRED,
  /** Always; the certificate is not checked, not even whether it has expired. */
  @JsonProperty("required")
  REQUIRED,
  /** Always; the certificate must be valid, and come from an authority that is trusted. */
  @JsonProperty("verify_ca")
  VERIFY_CA,
  /** Always; the certificate must moreover be for the host that is connected to. */
  @JsonProperty("verify_identity")
  VERIFY_IDENTITY;

  /** Whether nothing is ever sent in clear. */
  public boolean isMandatory() {
    return switch (this) {
      case DISABLED, PREFERRED -> false;
      case REQUIRED, VERIFY_CA, VERIFY_IDENTITY -> true;
    };
  }

  /** Whether the certificate is checked at all. */
  public boolean isVerifying() {
    return switch (this) {
      case DISABLED, PREFERRED, REQUIRED -> false;
      case VERIFY_CA, VERIFY_IDENTITY -> true;
    };
  }

  /** The name as it stands in the configuration and in ZooKeeper. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
