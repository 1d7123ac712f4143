package org.mysqlmanager.local;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/** Connections to MySQL on the loopback, with a bound on every wait. */
final class Jdbc {
  private Jdbc() {}

  /**
   * Logs in.
   *
   * @param database the database to use, or "" for none
   * @param deadline for connecting and for each answer
   */
  static Connection connect(
      int port, String user, String password, String database, Duration deadline)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", String.valueOf(deadline.toMillis()));
    properties.setProperty("socketTimeout", String.valueOf(deadline.toMillis()));
    // On the loopback TLS protects nothing and costs the most of a login's time.
    properties.setProperty("sslMode", "DISABLED");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%d/%s".formatted(Probe.LOOPBACK, port, database), properties);
  }
}
