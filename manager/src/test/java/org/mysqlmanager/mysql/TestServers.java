package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.testing.TestingMySql;

/** Real servers as the adapter gets them: with the manager's account and nothing else. */
final class TestServers {
  static final MySqlTimeouts TIMEOUTS =
      new MySqlTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(8));

  /** For writes that must succeed, however busy the machine is. */
  static final MySqlTimeouts PATIENT =
      new MySqlTimeouts(Duration.ofSeconds(8), Duration.ofSeconds(10), Duration.ofSeconds(10));

  private TestServers() {}

  /** A server that answers and lets the manager in. */
  static TestingMySql start(int serverId, String... options) throws SQLException {
    TestingMySql server = TestingMySql.start(serverId, options);
    try {
      letManagerIn(server);
      return server;
    } catch (SQLException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Without a transaction, and whether or not the server is read-only. */
  static void letManagerIn(TestingMySql server) throws SQLException {
    String readOnly = server.value("SELECT @@GLOBAL.super_read_only");
    try (Connection connection = server.connect()) {
      Statements.execute(connection, "SET GLOBAL super_read_only = OFF");
      Statements.execute(connection, "SET SESSION sql_log_bin = OFF");
      Statements.execute(
          connection,
          "ALTER USER ?@'%' IDENTIFIED BY ?",
          TestAccounts.MANAGER.user(),
          TestAccounts.MANAGER.password());
      Statements.execute(connection, "SET GLOBAL super_read_only = " + readOnly);
    }
  }

  static ConnectorJServer adapter(TestingMySql server) {
    return adapter(server, TestAccounts.ALL);
  }

  static ConnectorJServer patient(TestingMySql server) {
    return adapter(server, TestAccounts.ALL, SetupSpec.ALL, PATIENT);
  }

  static ConnectorJServer adapter(TestingMySql server, MySqlAccounts accounts) {
    return adapter(server, accounts, SetupSpec.ALL, TIMEOUTS);
  }

  static ConnectorJServer adapter(
      TestingMySql server, MySqlAccounts accounts, SetupSpec setup, MySqlTimeouts timeouts) {
    return new ConnectorJServer(
        new ServerId("s" + server.serverId()), server.endpoint(), accounts, timeouts, setup);
  }

  static Connection connect(TestingMySql server, Account account) throws SQLException {
    return server.connect(account.user(), account.password());
  }
}
