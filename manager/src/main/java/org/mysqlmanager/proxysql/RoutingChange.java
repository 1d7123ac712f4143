package org.mysqlmanager.proxysql;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.proxysql.Statements.Halted;
import org.mysqlmanager.reconcile.StepResult;

/**
 * Makes our hostgroups hold exactly the wanted rows: in memory, at runtime, on disk. One {@code
 * LOAD MYSQL SERVERS TO RUNTIME} takes the old writer out and puts the new one in under ProxySQL's
 * lock, so there are never two.
 */
final class RoutingChange {
  private static final Duration POLL = Duration.ofMillis(10);

  /** A removed server lets nothing through; how long to wait for its sessions to be gone too. */
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

  /**
   * How long ProxySQL itself has for the sessions in the middle of a statement: outside a
   * transaction it sends the statement to the next writer, and the client notices nothing.
   */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private static final String IDLE = "Sleep";
  private static final String BUSY = "Query";

  private final Hostgroups hostgroups;
  private final Set<Slot> wanted;
  private final AdminSession session;
  private final Statements statements;
  private final ServerSettings settings;

  /**
   * @param settings for the rows that are new
   */
  RoutingChange(
      Hostgroups hostgroups,
      Set<Slot> wanted,
      AdminSession session,
      Statements statements,
      ServerSettings settings) {
    this.settings = settings;
    this.hostgroups = hostgroups;
    this.wanted = wanted;
    this.session = session;
    this.statements = statements;
  }

  void putInForce() throws AdminFailure, Halted {
    StashedEdits edits = StashedEdits.ofServers(statements, hostgroups);
    edits.putAside();
    // From disk first: should ProxySQL crash now, an old source must not come back with it.
    statements.change("DELETE FROM disk.mysql_servers WHERE " + unwanted());
    statements.change("DELETE FROM main.mysql_servers WHERE " + unwanted());
    for (Slot slot : wanted) {
      statements.change(settings.insert(slot));
    }
    statements.change(
        "UPDATE main.mysql_servers SET status='ONLINE' WHERE hostgroup_id IN %s AND status <> 'ONLINE'"
            .formatted(hostgroups.list()));
    if (hostgroups.tls() == BackendTls.ALWAYS) {
      statements.change(
          "UPDATE main.mysql_servers SET use_ssl=1 WHERE hostgroup_id IN %s AND use_ssl <> 1"
              .formatted(hostgroups.list()));
    }
    statements.change("LOAD MYSQL SERVERS TO RUNTIME");
    edits.restore();
  }

  /** What {@code SAVE MYSQL SERVERS TO DISK} does, for our rows only, and as they are in force. */
  void putOnDisk() throws AdminFailure, Halted {
    String ours = "hostgroup_id IN " + hostgroups.list();
    statements.change("DELETE FROM disk.mysql_servers WHERE " + ours);
    statements.change(
        "INSERT INTO disk.mysql_servers SELECT * FROM runtime_mysql_servers WHERE %s AND status NOT LIKE 'OFFLINE%%'"
            .formatted(ours));
    statements.change("UPDATE disk.mysql_servers SET status='ONLINE' WHERE " + ours);
  }

  /**
   * Ends the sessions that use servers that were taken out: the idle ones, which may hold locks
   * there, at once, those in the middle of a statement when ProxySQL has had its chance. A session
   * that is still connecting has nothing there: ProxySQL gives it the next writer.
   */
  void cutSessions() throws AdminFailure, Halted {
    Deadline farewell = statements.deadline().orAfter(LONGEST_FAREWELL);
    Deadline patience = statements.deadline().orAfter(PATIENCE);
    while (true) {
      List<Row> users = isAnyConnectionElsewhere() ? sessionsElsewhere() : List.of();
      if (users.isEmpty()) {
        return;
      }
      for (Row user : users) {
        if (user.text("command").equals(IDLE) || patience.hasPassed()) {
          end(user.number("SessionID"));
        }
      }
      if (farewell.remainingNanos() < POLL.toNanos()) {
        throw new AdminFailure(
            "%d sessions on servers that were taken out do not end (nothing passes through them any more)"
                .formatted(users.size()),
            AdminFailure.Statement.NOT_CARRIED_OUT);
      }
      pause();
    }
  }

  private boolean isAnyConnectionElsewhere() throws AdminFailure {
    Set<Slot> held =
        new HashSet<>(
            RuntimeState.connectionsUsed(session, hostgroups, statements.deadline()).keySet());
    held.removeAll(wanted);
    return !held.isEmpty();
  }

  private List<Row> sessionsElsewhere() throws AdminFailure {
    String sql =
        "SELECT SessionID, hostgroup, command, srv_host, srv_port FROM stats_mysql_processlist WHERE srv_port IS NOT NULL AND hostgroup IN %s AND command IN ('%s','%s')"
            .formatted(hostgroups.list(), IDLE, BUSY);
    return statements.read(sql).stream()
        .filter(row -> !wanted.contains(Slot.of(row, "hostgroup", "srv_host", "srv_port")))
        .toList();
  }

  /** A session may end by itself before it is told to: then ProxySQL says no, rightly. */
  private void end(int sessionId) throws AdminFailure, Halted {
    try {
      statements.change("KILL CONNECTION " + sessionId);
    } catch (AdminFailure e) {
      if (!session.isUsable()) {
        throw e;
      }
    }
  }

  private static void pause() throws Halted {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Halted(new StepResult.Unknown("interrupted while sessions were being ended"));
    }
  }

  private String unwanted() {
    String ours = "hostgroup_id IN " + hostgroups.list();
    return wanted.isEmpty()
        ? ours
        : wanted.stream()
            .map(Slot::condition)
            .collect(Collectors.joining(" OR ", ours + " AND NOT (", ")"));
  }
}
