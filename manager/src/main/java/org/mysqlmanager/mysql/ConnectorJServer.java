package org.mysqlmanager.mysql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.mysql.Bounded.OverrunException;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.observe.ServerObservation;
import org.mysqlmanager.observe.ServerObservation.Reachable;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.reconcile.MySqlServer;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A MySQL server (8.0.22 or later) through Connector/J: one connection for looking and, for as long
 * as this process leads, one for changes and one for probing writes. Thread-safe.
 *
 * <p>What the manager's account needs on all servers is in {@code
 * deploy/mysql/manager-account.sql}; what it lacks is told in each observation.
 */
public final class ConnectorJServer implements MySqlServer {
  /** What a user is told to check when the manager's account is refused. */
  static final String MANAGER_PASSWORD = "credentials.manager.password";

  private static final Logger LOG = LoggerFactory.getLogger(ConnectorJServer.class);
  private static final Duration SLICE = Duration.ofMillis(250);

  private final String server;
  private final Endpoint endpoint;
  private final MySqlAccounts accounts;
  private final MySqlTimeouts timeouts;
  private final SetupSpec setupSpec;
  private final Connections connections;
  private final Observer observer;
  private final Control control;
  private final HeartbeatWriter heartbeat;
  private final Setup setup;
  private final Replica replica;
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

  /** With TLS, no certificate checked, and privileges for probing writes. */
  public ConnectorJServer(
      ServerId name,
      Endpoint endpoint,
      MySqlAccounts accounts,
      MySqlTimeouts timeouts,
      SetupSpec setup) {
    this(
        name,
        endpoint,
        Optional.empty(),
        accounts,
        timeouts,
        setup,
        WriteProbing.ALARM,
        MySqlTls.REQUIRED);
  }

  /**
   * Connects to nothing yet.
   *
   * @param admin MySQL's administrative interface, to be used when all connections are
   * @param setup what {@code missingSetup} in an observation is measured by
   * @param probing whether {@link #probeWrite} will be asked for, which takes privileges
   */
  public ConnectorJServer(
      ServerId name,
      Endpoint endpoint,
      Optional<Endpoint> admin,
      MySqlAccounts accounts,
      MySqlTimeouts timeouts,
      SetupSpec setup,
      WriteProbing probing,
      MySqlTls tls) {
    this.server = name + " (" + endpoint + ")";
    this.endpoint = endpoint;
    this.accounts = accounts;
    this.timeouts = timeouts;
    this.setupSpec = setup;
    this.connections = new Connections(endpoint, admin, timeouts.connect(), tls);
    OwnPrivileges privileges =
        new OwnPrivileges(server, setup, admin.isPresent(), probing != WriteProbing.OFF);
    this.observer =
        new Observer(name.value(), connections, accounts, setup, privileges, timeouts.observe());
    this.control = new Control(server, connections, accounts.manager(), timeouts.command());
    this.heartbeat =
        new HeartbeatWriter(
            server, connections, accounts.manager(), soonerThan(timeouts.observe()));
    this.setup = new Setup(accounts, tls.mode());
    this.replica = new Replica(server, accounts.replication(), tls);
  }

  /** Whoever waits for the whole observation must still get the answer "it has not ended". */
  private static Duration soonerThan(Duration limit) {
    return limit.multipliedBy(4).dividedBy(5);
  }

  @Override
  public ServerObservation observe() {
    try {
      Reachable seen = observer.read(Look::look);
      connections.hasLookedAt(seen.identity().uuid());
      return seen;
    } catch (SQLException e) {
      Diagnosis diagnosis = diagnosis(e);
      return new Unreachable(diagnosis.cause(), diagnosis.sentence());
    } catch (OverrunException e) {
      return timedOut();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return timedOut();
    }
  }

  private Unreachable timedOut() {
    Diagnosis diagnosis = Diagnosis.timedOut(server, timeouts.observe());
    return new Unreachable(diagnosis.cause(), diagnosis.sentence());
  }

  @Override
  public WriteProbe probeWrite(Permit permit) {
    return heartbeat.probe(permit);
  }

  @Override
  public GtidSet executed() throws NotAnswering {
    try {
      return observer.read((look, _) -> look.executed());
    } catch (SQLException e) {
      throw new NotAnswering(diagnosis(e).sentence());
    } catch (OverrunException e) {
      throw new NotAnswering(timedOut().detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotAnswering(server + ": interrupted before the answer came");
    }
  }

  @Override
  public StepResult openForWrites(Permit permit) {
    return change(permit, this::open);
  }

  @Override
  public StepResult closeForWrites(boolean superReadOnly, Permit permit) {
    return change(
        permit,
        (session, _) -> {
          // read_only first: lifting super_read_only must not leave a moment without either.
          session.change("SET GLOBAL read_only = 1");
          session.change("SET GLOBAL super_read_only = " + (superReadOnly ? 1 : 0));
          return StepResult.DONE;
        });
  }

  @Override
  public StepResult fence(Permit permit) {
    Fence fence = new Fence(connections, accounts.manager(), timeouts.command());
    return change(permit, (session, deadline) -> fence.raise(session, permit, deadline));
  }

  @Override
  public StepResult setUp(SetupSpec spec, Permit permit) {
    Optional<String> objection = setup.objection(spec);
    if (objection.isPresent()) {
      return new StepResult.Failed(objection.get());
    }
    return change(
        permit,
        (session, _) -> {
          setup.complete(session, spec);
          Set<String> missing =
              setup.inspect(session.connection(), spec).missing(spec, accounts, true);
          return missing.isEmpty()
              ? StepResult.DONE
              : new StepResult.Failed(server + " still lacks " + String.join(", ", missing));
        });
  }

  @Override
  public StepResult stopReceiver(Permit permit) {
    return change(permit, (session, _) -> replica.stopReceiver(session));
  }

  @Override
  public StepResult awaitApplied(GtidSet required, Duration atMost, Permit permit) {
    return control.change(
        permit,
        atMost.plus(timeouts.command()),
        (session, _) -> replica.awaitApplied(session, required, Deadline.after(atMost)));
  }

  @Override
  public StepResult promote(GtidSet required, Permit permit) {
    return change(
        permit,
        (session, deadline) -> {
          Optional<StepResult> refusal = replica.endReplication(session, required);
          return refusal.isPresent() ? refusal.get() : open(session, deadline);
        });
  }

  @Override
  public StepResult follow(Endpoint source, Permit permit) {
    return change(permit, (session, _) -> replica.follow(session, source));
  }

  @Override
  public StepResult restartReplication(Permit permit) {
    return change(permit, (session, _) -> replica.restart(session));
  }

  @Override
  public StepResult cloneFrom(Endpoint donor, Permit permit) {
    CloneRecipient recipient = new CloneRecipient(server, connections, accounts, timeouts, waiting);
    StepResult prepared =
        change(permit, (session, deadline) -> recipient.prepare(session, donor, permit, deadline));
    if (!(prepared instanceof StepResult.Done)) {
      return prepared;
    }
    try {
      return recipient.run(donor, permit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new StepResult.Unknown(server + ": the clone goes on, nobody waits for it any more");
    } finally {
      observer.forgetSetup();
    }
  }

  @Override
  public StepResult saveTransactions(GtidSet transactions, Path file) {
    return ErrantTransactions.save(
        endpoint, connections.tls(), accounts.manager(), transactions, file, timeouts);
  }

  @Override
  public StepResult awaitCommitBeyond(GtidSet after, Duration atMost) {
    try {
      Deadline deadline = Deadline.after(atMost);
      return Bounded.call(
          "await-commit-" + connections.endpoint(),
          Deadline.after(atMost.plus(timeouts.command())),
          () -> awaitCommit(after, deadline));
    } catch (SQLException e) {
      return new StepResult.Failed(diagnosis(e).sentence());
    } catch (OverrunException e) {
      return new StepResult.Unknown(Diagnosis.timedOut(server, timeouts.command()).sentence());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new StepResult.Unknown(server + ": interrupted before a commit was seen");
    }
  }

  /** Over a connection of its own: it neither looks nor changes anything. */
  private StepResult awaitCommit(GtidSet after, Deadline deadline) throws SQLException {
    try (Connection connection =
        connections.open(accounts.manager(), Map.of(), timeouts.command(), timeouts.command())) {
      String uuid =
          Optional.ofNullable(Statements.value(connection, "SELECT @@server_uuid")).orElse("");
      String next = uuid + ":" + (lastUntagged(after.of(uuid)) + 1);
      while (true) {
        // The next number is the likely one; gaps and tags are found when a slice has passed.
        GtidSet own =
            Statements.gtids(Statements.value(connection, "SELECT @@global.gtid_executed"))
                .of(uuid);
        if (!after.contains(own)) {
          return StepResult.DONE;
        }
        if (deadline.hasPassed()) {
          return new StepResult.Failed(server + ": no client has committed in time");
        }
        Duration left = deadline.remaining();
        Statements.value(
            connection,
            "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, %s)"
                .formatted(Replica.decimalSeconds(left.compareTo(SLICE) < 0 ? left : SLICE)),
            next);
      }
    }
  }

  /** The highest number without a tag in a set of one server's; the untagged come first in it. */
  private static long lastUntagged(GtidSet own) {
    long last = 0;
    String[] parts = own.toString().split(":", -1);
    for (int i = 1; i < parts.length && Character.isDigit(parts[i].charAt(0)); i++) {
      last = Long.parseLong(parts[i].substring(parts[i].indexOf('-') + 1));
    }
    return last;
  }

  /**
   * Lifts both settings in one statement that has no effect after this change's deadline, by the
   * server's clock: a server that was frozen may execute it hours later, when another one is
   * source.
   */
  private StepResult open(ControlSession session, Deadline deadline)
      throws SQLException, PermitLostException {
    String until =
        Statements.value(
            session.connection(),
            "SELECT CAST(UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND AS CHAR)",
            deadline.remaining().toNanos() / 1000);
    session.change(
        """
        SET GLOBAL super_read_only = IF(UTC_TIMESTAMP(6) <= ?, 0, @@global.super_read_only),
        GLOBAL read_only = IF(UTC_TIMESTAMP(6) <= ?, 0, @@global.read_only)
        """,
        String.valueOf(until),
        String.valueOf(until));
    if (Statements.isTrue(session.connection(), "SELECT @@global.read_only")) {
      return new StepResult.Failed(server + " was too late to be opened for writes");
    }
    enableEvent(session);
    return StepResult.DONE;
  }

  /** The server is open already, and an event is no reason to say otherwise. */
  private void enableEvent(ControlSession session) throws PermitLostException {
    if (!setupSpec.flushBinaryLogsEvent()) {
      return;
    }
    try {
      setup.enableEvent(session);
    } catch (SQLException e) {
      LOG.warn(
          "{}: the event {}.{} could not be enabled: {}",
          server,
          Setup.SCHEMA,
          Setup.EVENT,
          Diagnosis.message(e));
    }
  }

  private StepResult change(Permit permit, Control.Change change) {
    try {
      return control.change(permit, change);
    } finally {
      observer.forgetSetup();
    }
  }

  private Diagnosis diagnosis(SQLException error) {
    return Diagnosis.of(error, server, accounts.manager(), MANAGER_PASSWORD);
  }

  /** A clone that is waited for goes on; only the waiting ends. */
  @Override
  public void close() {
    waiting.forEach(Thread::interrupt);
    heartbeat.close();
    control.close();
    observer.close();
  }
}
