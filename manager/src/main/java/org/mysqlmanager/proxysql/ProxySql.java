package org.mysqlmanager.proxysql;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.AddressBook;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.Dialer;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.Proxy;
import org.mysqlmanager.reconcile.StepResult;

/**
 * ProxySQL (2.0 or newer) through its admin interface, with two hostgroups that only the manager
 * fills: the writer's and the readers'.
 *
 * <p><b>What a server gets</b> is decided by whether it has a row. A server that must get nothing
 * has none, in memory, at runtime and on disk: SHUNNED is undone by ProxySQL's monitor,
 * OFFLINE_SOFT keeps sessions. A SHUNNED server therefore counts as routed, with a warning: for an
 * old source that is the safe reading, and for the right one there is nothing that the manager
 * could do better, as ProxySQL tries a hostgroup's only server again every second or two. The table
 * {@code mysql_replication_hostgroups} and its kin must not name our hostgroups, as with them
 * ProxySQL moves servers itself; where they do, that is a warning, and the routing is applied all
 * the same.
 *
 * <p><b>Other people's configuration</b> stays as it is: rows of other hostgroups, users and
 * variables, and edits that somebody has begun in memory and not loaded ({@link StashedEdits}).
 * Disk is written row by row for the same reason.
 *
 * <p><b>Application users</b> go to the writer's hostgroup by default, reads included, and sessions
 * stay on one server for a transaction. No query rules are made: to send {@code SELECT}s to readers
 * by pattern gives a client stale answers to what it has just written, which only the application's
 * people can judge. Who wants it adds a rule, for a user, a second port ({@code proxy_port}) or a
 * pattern, with the readers' hostgroup as destination. Their passwords are stored in clear, as a
 * MySQL with {@code caching_sha2_password} asks of any proxy in between.
 *
 * <p><b>While there is no writer</b>, clients wait: up to {@code mysql-connect_timeout_server_max},
 * 10 seconds unless the operator has changed it. Note {@code mysql-query_retries_on_failure} (1 by
 * default): ProxySQL sends a statement outside a transaction again when the server it ran on has
 * gone, which the old server may have carried out too.
 *
 * <p>With ProxySQL's own clustering, each node is a proxy of its own here and is written directly.
 */
public final class ProxySql implements Proxy {
  private final ProxySpec proxy;
  private final Hostgroups hostgroups;
  private final Account admin;
  private final Setup setup;
  private final Duration observeTimeout;
  private final Duration commandTimeout;
  private final Dialer dialer;
  private final String named;

  /** A session from an earlier call: a new one each time costs both sides a TLS handshake. */
  private final AtomicReference<@Nullable AdminSession> idle = new AtomicReference<>();

  /** Two changes at once would undo one another. */
  private final ReentrantLock changing = new ReentrantLock();

  /** For servers that come when our hostgroups are empty, as in the failover of a lone server. */
  private volatile ServerSettings lastSettings = ServerSettings.DEFAULTS;

  private volatile boolean closed;

  /**
   * @param servers the servers of the cluster and where the proxy reaches them
   * @param tls how the cluster's servers are to be connected to. Where TLS is mandatory, it is for
   *     ProxySQL's own connections, too ({@code use_ssl}); what it checks of their certificates is
   *     decided by variables of its own, which are the operator's
   * @param admin the account for the admin interface; not "admin" itself for a ProxySQL on another
   *     machine, which lets that one in from its own only
   * @param monitor the MySQL account of ProxySQL's monitor, with USAGE and REPLICATION CLIENT
   * @param applicationUsers the MySQL accounts that clients log in with
   * @param observeTimeout the longest that {@link #observe} takes
   * @param commandTimeout the longest that {@link #apply} takes, all its statements together
   */
  public ProxySql(
      ProxySpec proxy,
      Map<ServerId, Endpoint> servers,
      TlsMode tls,
      Account admin,
      Account monitor,
      List<Account> applicationUsers,
      Duration observeTimeout,
      Duration commandTimeout) {
    this.proxy = proxy;
    this.hostgroups = Hostgroups.of(proxy, servers, BackendTls.of(tls));
    this.admin = admin;
    this.setup = new Setup(monitor, applicationUsers, proxy.writerHostgroup());
    this.observeTimeout = observeTimeout;
    this.commandTimeout = commandTimeout;
    this.dialer = new Dialer(new AddressBook(InetAddress::getAllByName));
    this.named = AdminSession.named(proxy);
  }

  @Override
  public ProxyObservation observe() {
    Deadline deadline = Deadline.after(observeTimeout);
    try {
      AdminSession session = session(deadline);
      try {
        return RuntimeState.look(session, hostgroups, setup, deadline).observed(named);
      } finally {
        giveBack(session);
      }
    } catch (AdminFailure e) {
      return new ProxyObservation.Unreachable(sentence(e));
    }
  }

  @Override
  public StepResult apply(Routing routing, Permit permit) {
    Deadline deadline = Deadline.after(commandTimeout);
    try {
      if (!changing.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        return new StepResult.Failed(named + ": an earlier change is still under way");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new StepResult.Failed(named + ": interrupted before any change");
    }
    try {
      AdminSession session = session(deadline);
      try {
        return change(routing, session, new Statements(session, permit, deadline));
      } finally {
        giveBack(session);
      }
    } catch (Statements.Halted e) {
      return e.result();
    } catch (AdminFailure e) {
      return switch (e.statement()) {
        case NOT_CARRIED_OUT -> new StepResult.Failed(sentence(e));
        case PERHAPS_CARRIED_OUT -> new StepResult.Unknown(sentence(e));
      };
    } finally {
      changing.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    AdminSession session = idle.getAndSet(null);
    if (session != null) {
      session.close();
    }
  }

  /** The routing first: nobody who waits for a writer shall wait for anything else. */
  private StepResult change(Routing routing, AdminSession session, Statements statements)
      throws AdminFailure, Statements.Halted {
    Set<Slot> wanted = hostgroups.slots(routing);
    RuntimeState before = look(session, statements);
    if (before.interrupted()) {
      StashedEdits.restoreLeftBehind(statements, hostgroups);
    }
    ServerSettings.read(statements, hostgroups).ifPresent(settings -> lastSettings = settings);
    RoutingChange change = new RoutingChange(hostgroups, wanted, session, statements, lastSettings);
    RuntimeState now = before;
    if (!before.hasExactly(wanted)) {
      change.putInForce();
      now = before.withServersNow(session, statements.deadline());
      if (!now.hasExactly(wanted)) {
        return new StepResult.Failed(
            "%s: wanted %s, but at runtime it has %s".formatted(named, routing, now.servers()));
      }
    }
    @Nullable AdminFailure lingering = null;
    try {
      change.cutSessions();
    } catch (AdminFailure e) {
      if (e.statement() == AdminFailure.Statement.PERHAPS_CARRIED_OUT) {
        throw e;
      }
      lingering = e;
    }
    if (!now.wouldRestartWith(wanted)) {
      change.putOnDisk();
    }
    setup.apply(before.setup(), statements);
    if (lingering != null) {
      throw lingering;
    }
    List<?> strangers = hostgroups.strangers(routing);
    if (!strangers.isEmpty()) {
      return new StepResult.Failed(
          "%s: the routing names %s, which the cluster does not have".formatted(named, strangers));
    }
    ProxyObservation.Reachable after = look(session, statements).observed(named);
    return after.matches(routing)
        ? StepResult.DONE
        : new StepResult.Failed(
            "%s: after the change to %s it still shows %s".formatted(named, routing, after));
  }

  private RuntimeState look(AdminSession session, Statements statements) throws AdminFailure {
    return RuntimeState.look(session, hostgroups, setup, statements.deadline());
  }

  /** The session from before if it still answers (ProxySQL may have restarted), else a new one. */
  private AdminSession session(Deadline deadline) throws AdminFailure {
    AdminSession session = idle.getAndSet(null);
    if (session != null) {
      try {
        session.run("SELECT 1", deadline);
        return session;
      } catch (AdminFailure e) {
        session.close();
        if (deadline.hasPassed()) {
          throw new AdminFailure(e.sentence(), AdminFailure.Statement.NOT_CARRIED_OUT);
        }
      }
    }
    AdminSession opened = AdminSession.open(proxy, admin, dialer, deadline);
    try {
      requireAdminInterface(opened, deadline);
      return opened;
    } catch (AdminFailure e) {
      opened.close();
      throw e;
    }
  }

  /** A MySQL server on this port, or an account for statistics only, also lets us log in. */
  private void requireAdminInterface(AdminSession session, Deadline deadline) throws AdminFailure {
    String problem = "it does not know its own version";
    try {
      if (!session
          .run(
              "SELECT variable_value FROM runtime_global_variables WHERE variable_name='admin-version'",
              deadline)
          .isEmpty()) {
        return;
      }
    } catch (AdminFailure e) {
      if (!session.isUsable()) {
        throw new AdminFailure(e.sentence(), AdminFailure.Statement.NOT_CARRIED_OUT);
      }
      problem = e.sentence();
    }
    throw new AdminFailure(
        "%s: what answers '%s' there is not ProxySQL's admin interface (%s): check admin_port, and that the account is one of admin-admin_credentials"
            .formatted(named, admin.user(), problem),
        AdminFailure.Statement.NOT_CARRIED_OUT);
  }

  private void giveBack(AdminSession session) {
    if (closed || !session.isUsable()) {
      session.close();
      return;
    }
    AdminSession other = idle.getAndSet(session);
    if (other != null) {
      other.close();
    }
    if (closed) {
      close();
    }
  }

  private String sentence(AdminFailure e) {
    String sentence = e.sentence();
    return sentence.startsWith(named) ? sentence : named + ": " + sentence;
  }
}
