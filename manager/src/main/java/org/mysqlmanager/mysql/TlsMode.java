package org.mysqlmanager.mysql;

/**
 * How the connections to MySQL are encrypted; the names and meanings are MySQL's own.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/9.7/en/connection-options.html">--ssl-mode</a>
 */
public enum TlsMode {
  /**
   * Never. Passwords are then encrypted with a public key that the server sends and nobody checks.
   */
  DISABLED,
  /** If the server offers it; its certificate is not checked. */
  PREFERRED,
  /** Always; the certificate is not checked. */
  REQUIRED,
  /** Always; the certificate must come from an authority that the JVM trusts. */
  VERIFY_CA,
  /** Always; the certificate must moreover be for the host that is connected to. */
  VERIFY_IDENTITY
}
