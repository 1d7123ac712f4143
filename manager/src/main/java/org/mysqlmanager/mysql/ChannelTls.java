package org.mysqlmanager.mysql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.TlsMode;

/**
 * How a replica's channel to its source is encrypted. With {@code SOURCE_SSL} MySQL never falls
 * back to a connection in clear; a file of authorities makes it check the source's certificate.
 *
 * @param caFile {@code SOURCE_SSL_CA}; empty: nothing is checked
 * @param host {@code SOURCE_SSL_VERIFY_SERVER_CERT}: whether the certificate must be for the host
 *     that is connected to
 * @see <a
 *     href="https://dev.mysql.com/doc/refman/9.7/en/replication-encrypted-connections.html">Encrypted
 *     connections for replication</a>
 */
record ChannelTls(boolean encrypted, String caFile, boolean host) {
  /** What is to be configured. With {@code preferred} that depends on what the servers offer. */
  static ChannelTls configured(MySqlTls tls, boolean offered) {
    boolean encrypted =
        switch (tls.mode()) {
          case DISABLED -> false;
          case PREFERRED -> offered;
          case REQUIRED, VERIFY_CA, VERIFY_IDENTITY -> true;
        };
    return new ChannelTls(
        encrypted, tls.serverCaFile().orElse(""), tls.mode() == TlsMode.VERIFY_IDENTITY);
  }

  /** From a row of {@code SHOW REPLICA STATUS}. */
  static ChannelTls read(ResultSet row) throws SQLException {
    String caFile = row.getString("Source_SSL_CA_File");
    return new ChannelTls(
        "Yes".equalsIgnoreCase(row.getString("Source_SSL_Allowed")),
        caFile == null ? "" : caFile,
        "Yes".equalsIgnoreCase(row.getString("Source_SSL_Verify_Server_Cert")));
  }

  /** Whether a channel that is like this does what is asked for. */
  boolean serves(MySqlTls tls) {
    return tls.mode() == TlsMode.PREFERRED || equals(configured(tls, true));
  }

  /** What an operator should know of a channel that does not, a sentence. */
  Optional<String> objection(String server, MySqlTls tls) {
    if (serves(tls)) {
      return Optional.empty();
    }
    return Optional.of(
        "%s replicates with %s, while tls has %s: this is set right when its replication is next configured, at a failover or a rejoin; to do it now: STOP REPLICA; CHANGE REPLICATION SOURCE TO %s; START REPLICA"
            .formatted(server, this, tls, configured(tls, true)));
  }

  /**
   * The options of CHANGE REPLICATION SOURCE, with a {@code ?} for {@link #caFile}. All are named:
   * those that are left out stay as they were. A key for the password is taken from the source only
   * where there is no TLS to carry the password.
   */
  String options() {
    return "SOURCE_SSL = %d, SOURCE_SSL_CA = ?, SOURCE_SSL_VERIFY_SERVER_CERT = %d, GET_SOURCE_PUBLIC_KEY = %d"
        .formatted(encrypted ? 1 : 0, host ? 1 : 0, encrypted ? 0 : 1);
  }

  /** The options that make out the difference, as they are written. */
  @Override
  public String toString() {
    return "SOURCE_SSL = %d, SOURCE_SSL_CA = '%s', SOURCE_SSL_VERIFY_SERVER_CERT = %d"
        .formatted(encrypted ? 1 : 0, caFile.replace("'", "''"), host ? 1 : 0);
  }
}
