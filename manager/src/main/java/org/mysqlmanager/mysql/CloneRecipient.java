package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/**
 * Replaces a server's data by a clone of another's.
 *
 * <p>The clone plugin is needed on both sides and is installed on both here if it is missing; what
 * MySQL would refuse only after it has begun is checked before. The session that clones carries no
 * epoch in the attribute that a new leader looks for: a clone under way is worth keeping, its
 * recipient is disposable, and the new leader sees in its observations that it runs.
 *
 * <p><b>TLS.</b> MySQL checks the donor's certificate by {@code clone_ssl_ca}, which is set here
 * for that; it never compares the donor's host with its certificate, so {@code verify_identity} is
 * no more than {@code verify_ca} to a clone (seen with 9.7.4). What is set for a clone, this and
 * the donor's address, ends with the restart behind it; after a clone that failed it stays until
 * then.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/9.7/en/clone-plugin-remote.html">Cloning remote
 *     data</a>
 */
final class CloneRecipient {
  /** ER_CANT_RESTART: the data is complete, and mysqld has ended for want of a supervisor. */
  private static final int CANNOT_RESTART = 3707;

  private static final long SMALLEST_PACKET = 2L * 1024 * 1024;

  /** How long a server may take to be back after the clone until its result is read. */
  private static final Duration RESTART = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final String server;
  private final Connections connections;
  private final MySqlAccounts accounts;
  private final MySqlTimeouts timeouts;
  private final Set<Thread> waiting;

  /**
   * @param waiting where a thread that waits for a clone is to be found, to be interrupted
   */
  CloneRecipient(
      String server,
      Connections connections,
      MySqlAccounts accounts,
      MySqlTimeouts timeouts,
      Set<Thread> waiting) {
    this.server = server;
    this.connections = connections;
    this.accounts = accounts;
    this.timeouts = timeouts;
    this.waiting = waiting;
  }

  /** What must agree between donor and recipient. */
  private record Side(Dialect dialect, long packet, String pageSize, String os) {}

  /** Checks both servers and prepares the recipient; bounded by the command deadline. */
  StepResult prepare(ControlSession session, Endpoint donor, Permit permit, Deadline deadline)
      throws SQLException, PermitLostException {
    Optional<String> objection = Setup.objection(accounts.replication());
    if (objection.isPresent()) {
      return new StepResult.Failed(objection.get());
    }
    Side recipientSide = side(session);
    Side donorSide;
    Connections toDonor = new Connections(donor, timeouts.connect(), connections.tls());
    try (ControlSession donorSession =
        ControlSession.open(toDonor, accounts.manager(), permit, deadline.remaining())) {
      donorSide = side(donorSession);
      Optional<String> missing = installPlugin(donorSession, donor.toString());
      if (missing.isPresent()) {
        return new StepResult.Failed(missing.get());
      }
    } catch (SQLException e) {
      return new StepResult.Failed(
          Diagnosis.of(e, "donor " + donor, accounts.manager(), ConnectorJServer.MANAGER_PASSWORD)
              .sentence());
    }
    Optional<String> mismatch = mismatch(donorSide, recipientSide, donor);
    if (mismatch.isPresent()) {
      return new StepResult.Failed(mismatch.get());
    }
    Optional<String> missing = installPlugin(session, server);
    if (missing.isPresent()) {
      return new StepResult.Failed(missing.get());
    }
    session.change("SET GLOBAL clone_valid_donor_list = ?", donorName(donor));
    Optional<String> authorities = connections.tls().serverCaFile();
    if (authorities.isPresent()) {
      session.change("SET GLOBAL clone_ssl_ca = ?", authorities.get());
    }
    return StepResult.DONE;
  }

  /** Clones; ends when the clone has, or when interrupted: then the clone itself goes on. */
  StepResult run(Endpoint donor, Permit permit) throws InterruptedException {
    try {
      return Bounded.callWithoutDeadline(
          "clone-" + connections.endpoint(),
          () -> {
            waiting.add(Thread.currentThread());
            try {
              return copy(donor, permit);
            } finally {
              waiting.remove(Thread.currentThread());
            }
          });
    } catch (SQLException e) {
      return new StepResult.Failed(sentence(e));
    }
  }

  private StepResult copy(Endpoint donor, Permit permit) throws SQLException {
    try (Connection connection =
        connections.open(
            accounts.manager(),
            Map.of("mysql_manager_clone_epoch", permit.epoch().toString()),
            timeouts.command(),
            Connections.UNLIMITED)) {
      connections.requireLookedAt(connection);
      // Under super_read_only the clone cannot drop the databases that are there. read_only stays,
      // and the restart after the clone sets both as the server's configuration has them.
      boolean closed = Statements.isTrue(connection, "SELECT @@global.super_read_only");
      if (!permit.isValid()) {
        return new StepResult.Refused();
      }
      if (closed) {
        Statements.execute(connection, "SET GLOBAL super_read_only = 0");
      }
      if (!permit.isValid()) {
        restore(connection, closed);
        return new StepResult.Refused();
      }
      try {
        clone(connection, donor);
        return StepResult.DONE;
      } catch (SQLException e) {
        if (!Diagnosis.isLinkLost(e) && Diagnosis.numberOf(e) != CANNOT_RESTART) {
          restore(connection, closed);
        }
        throw e;
      }
    } catch (SQLException e) {
      if (Diagnosis.numberOf(e) == CANNOT_RESTART) {
        return StepResult.DONE;
      }
      if (Thread.currentThread().isInterrupted()) {
        return new StepResult.Unknown(server + ": nobody waits any more for the clone, if it runs");
      }
      return Diagnosis.isLinkLost(e) ? resultAfterRestart(e) : new StepResult.Failed(sentence(e));
    }
  }

  private void clone(Connection connection, Endpoint donor) throws SQLException {
    String require =
        switch (connections.tls().mode()) {
          case DISABLED -> " REQUIRE NO SSL";
          // TLS if the donor offers it.
          case PREFERRED -> "";
          case REQUIRED, VERIFY_CA, VERIFY_IDENTITY -> " REQUIRE SSL";
        };
    Statements.execute(
        connection,
        "CLONE INSTANCE FROM ?@?:" + donor.port() + " IDENTIFIED BY ?" + require,
        accounts.replication().user(),
        donor.host(),
        accounts.replication().password());
  }

  private static void restore(Connection connection, boolean closed) throws SQLException {
    if (closed) {
      Statements.execute(connection, "SET GLOBAL super_read_only = 1");
    }
  }

  /** The connection ends with the restart, and without a word: the server knows how it went. */
  private StepResult resultAfterRestart(SQLException lost) {
    Deadline deadline = Deadline.after(RESTART);
    while (!deadline.hasPassed()) {
      try {
        Thread.sleep(PAUSE);
        String state =
            Bounded.call(
                "clone-result-" + connections.endpoint(),
                Deadline.after(timeouts.command()),
                this::state);
        switch (state) {
          case "Completed" -> {
            return StepResult.DONE;
          }
          case "Failed" -> {
            return new StepResult.Failed(server + ": the clone failed: " + sentence(lost));
          }
          case String _ -> {
            // Not recovered yet.
          }
        }
      } catch (SQLException | Bounded.OverrunException _) {
        // Not back yet.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return new StepResult.Unknown(
        server + " went away while it cloned, and has not come back with a result");
  }

  private String state() throws SQLException {
    try (Connection connection =
        connections.open(accounts.manager(), Map.of(), timeouts.command(), timeouts.command())) {
      return String.valueOf(
          Statements.value(connection, "SELECT STATE FROM performance_schema.clone_status"));
    }
  }

  private Side side(ControlSession session) throws SQLException {
    return Statements.query(
            session.connection(),
            row -> new Side(session.dialect(), row.getLong(1), row.getString(2), row.getString(3)),
            "SELECT @@global.max_allowed_packet, @@innodb_page_size, @@version_compile_machine")
        .getFirst();
  }

  private Optional<String> mismatch(Side from, Side to, Endpoint donor) {
    if (!to.dialect.canCloneFrom(from.dialect)) {
      return Optional.of(
          "%s runs MySQL %s and the donor %s %s: a clone needs the same version"
              .formatted(server, to.dialect.version(), donor, from.dialect.version()));
    }
    if (Math.min(from.packet, to.packet) < SMALLEST_PACKET) {
      return Optional.of(
          "a clone from %s to %s needs max_allowed_packet of 2 MiB or more on both; they have %d and %d bytes"
              .formatted(donor, server, from.packet, to.packet));
    }
    if (!from.pageSize.equals(to.pageSize) || !from.os.equals(to.os)) {
      return Optional.of(
          "a clone needs the same platform and page size: %s has %s and %s, the donor %s %s and %s"
              .formatted(server, to.os, to.pageSize, donor, from.os, from.pageSize));
    }
    return Optional.empty();
  }

  /**
   * Makes sure that the plugin is active. INSTALL PLUGIN is not replicated; it is refused under
   * {@code super_read_only}, which is therefore lifted for that moment ({@code read_only} stays).
   *
   * @return why it cannot be, if so
   */
  private static Optional<String> installPlugin(ControlSession session, String server)
      throws SQLException, PermitLostException {
    Connection connection = session.connection();
    String status =
        Statements.value(
            connection,
            "SELECT PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'");
    if ("ACTIVE".equals(status)) {
      return Optional.empty();
    }
    if (status != null) {
      return Optional.of(
          "%s: the clone plugin is %s: enable it with clone=ON in the server's configuration"
              .formatted(server, status));
    }
    boolean closed = Statements.isTrue(connection, "SELECT @@global.super_read_only");
    try {
      if (closed) {
        session.change("SET GLOBAL super_read_only = 0");
      }
      session.change("INSTALL PLUGIN clone SONAME 'mysql_clone.so'");
      return Optional.empty();
    } catch (SQLException e) {
      if (Diagnosis.isLinkLost(e)) {
        throw e;
      }
      return Optional.of(
          "%s has no clone plugin and it cannot be installed: %s"
              .formatted(server, Diagnosis.message(e)));
    } finally {
      if (closed) {
        // Without asking for the permit: this undoes, and it closes.
        Statements.execute(connection, "SET GLOBAL super_read_only = 1");
      }
    }
  }

  private String sentence(SQLException error) {
    return Diagnosis.of(error, server, accounts.manager(), ConnectorJServer.MANAGER_PASSWORD)
        .sentence();
  }

  /** As MySQL compares it with the donor named in the statement. */
  private static String donorName(Endpoint donor) {
    return donor.host() + ":" + donor.port();
  }
}
