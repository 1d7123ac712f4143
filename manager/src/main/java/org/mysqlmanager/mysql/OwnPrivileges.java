package org.mysqlmanager.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.mysql.NeededPrivileges.Need;
import org.mysqlmanager.mysql.NeededPrivileges.Purpose;
import org.mysqlmanager.mysql.Privilege.Scope;
import org.mysqlmanager.observe.ServerObservation.MissingPrivileges;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the manager's account may do on a server with what it needs there, so that what is
 * missing is known before a failover depends on it. Logs when that changes.
 *
 * <p>Used by one thread at a time.
 */
final class OwnPrivileges {
  private static final Logger LOG = LoggerFactory.getLogger(OwnPrivileges.class);

  /**
   * What nothing here needs and what lets one do much; SYSTEM_USER may have been given on purpose.
   */
  private static final Set<String> DANGEROUS =
      Set.of("SUPER", "FILE", "SHUTDOWN", "SET_USER_ID", "SET_ANY_DEFINER");

  private final String server;
  private final SetupSpec setup;
  private final boolean adminPort;
  private final boolean probesWrites;
  private @Nullable String logged;
  private boolean mentionedSurplus;

  /**
   * @param server as in {@code s1 (127.0.0.1:3306)}
   * @param probesWrites whether {@code write_probe} is on
   */
  OwnPrivileges(String server, SetupSpec setup, boolean adminPort, boolean probesWrites) {
    this.server = server;
    this.setup = setup;
    this.adminPort = adminPort;
    this.probesWrites = probesWrites;
  }

  /**
   * What is missing; empty as well if the server's answer is not understood, because a wrong alarm
   * would keep a cluster from being set up.
   *
   * @param hasClone whether the clone plugin is active
   */
  Optional<MissingPrivileges> missing(Connection connection, boolean hasClone) throws SQLException {
    Session session =
        Statements.query(
                connection,
                row -> new Session(row.getBoolean(1), String.valueOf(row.getString(2))),
                "SELECT @@global.partial_revokes, CURRENT_USER()")
            .getFirst();
    List<Need> needs =
        NeededPrivileges.of(setup, adminPort, probesWrites, hasClone, session.partialRevokes);
    Grants grants;
    try {
      grants = Grants.read(connection, session.partialRevokes);
    } catch (IllegalArgumentException e) {
      LOG.debug("{}: the account's privileges cannot be checked: {}", server, e.getMessage());
      return Optional.empty();
    }
    mentionSurplus(grants, needs);
    List<Need> missing = needs.stream().filter(need -> !grants.include(need.privilege())).toList();
    Optional<MissingPrivileges> result =
        missing.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new MissingPrivileges(
                    sentence(server, missing, session.account),
                    missing.stream().anyMatch(need -> need.purpose() == Purpose.PROMOTE)));
    log(result);
    return result;
  }

  private record Session(boolean partialRevokes, String account) {}

  private void log(Optional<MissingPrivileges> missing) {
    String now = missing.map(MissingPrivileges::sentence).orElse("");
    if (now.equals(logged == null ? "" : logged)) {
      return;
    }
    logged = now;
    if (now.isEmpty()) {
      LOG.info("{}: the manager's account has all the privileges that it needs now", server);
    } else {
      LOG.warn("{}", now);
    }
  }

  private void mentionSurplus(Grants grants, Collection<Need> needs) {
    Set<String> surplus = new TreeSet<>(grants.global());
    surplus.removeAll(NeededPrivileges.globalNames(needs));
    surplus.retainAll(DANGEROUS);
    if (!surplus.isEmpty() && !mentionedSurplus) {
      mentionedSurplus = true;
      LOG.info(
          "{}: the manager's account has privileges that it does not need, such as {}",
          server,
          String.join(", ", surplus));
    }
  }

  /**
   * What is missing, what for, and the remedy, which is not to leave a transaction on a replica.
   *
   * @param account as {@code CURRENT_USER()} gives it
   */
  static String sentence(String server, List<Need> missing, String account) {
    Set<String> purposes = new LinkedHashSet<>();
    missing.forEach(need -> purposes.add(need.purpose().words()));
    return "%s: the manager's account lacks what it needs to %s: run there, as an administrator, SET SESSION sql_log_bin = 0; %s"
        .formatted(server, enumerated(List.copyOf(purposes)), grants(missing, account));
  }

  private static String enumerated(List<String> parts) {
    return parts.size() == 1
        ? parts.getFirst()
        : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + parts.getLast();
  }

  private static String grants(List<Need> missing, String account) {
    record Clause(Scope scope, boolean withOption) {}
    Map<Clause, Set<String>> clauses = new LinkedHashMap<>();
    Set<String> toPassOn = new LinkedHashSet<>();
    missing.stream()
        .map(Need::privilege)
        .filter(Privilege::toPassOn)
        .forEach(privilege -> toPassOn.add(privilege.text() + " ON " + privilege.scope().text()));
    for (Need need : missing) {
      Privilege privilege = need.privilege();
      boolean isRepeated =
          !privilege.toPassOn()
              && toPassOn.contains(privilege.text() + " ON " + privilege.scope().text());
      if (!isRepeated) {
        clauses
            .computeIfAbsent(
                new Clause(privilege.scope(), privilege.toPassOn()), _ -> new LinkedHashSet<>())
            .add(privilege.text());
      }
    }
    List<String> statements = new ArrayList<>();
    clauses.forEach((clause, names) ->
        statements.add(
            "GRANT %s ON %s TO %s%s;"
                .formatted(
                    String.join(", ", names),
                    clause.scope().text(),
                    quoted(account),
                    clause.withOption() ? " WITH GRANT OPTION" : "")));
    return statements.stream().collect(Collectors.joining(" "));
  }

  /** {@code CURRENT_USER()} is the user, an at sign, the host; a user may hold the sign, too. */
  private static String quoted(String account) {
    int at = account.lastIndexOf('@');
    String user = at < 0 ? account : account.substring(0, at);
    String host = at < 0 ? "%" : account.substring(at + 1);
    return "`%s`@`%s`".formatted(user.replace("`", "``"), host.replace("`", "``"));
  }
}
