package org.mysqlmanager.proxysql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.observe.ProxyObservation;

/**
 * What ProxySQL does now, in our two hostgroups, and what it would do after a restart.
 *
 * @param onDisk the rows of {@code disk.mysql_servers} in our hostgroups
 * @param automatic tables by which ProxySQL itself moves servers of our hostgroups
 * @param interrupted whether a change was interrupted while other people's edits were put aside
 */
record RuntimeState(
    Hostgroups hostgroups,
    List<RuntimeServer> servers,
    Map<Slot, Saved> onDisk,
    Setup.State setup,
    List<String> automatic,
    boolean interrupted) {

  /** What a row on disk says besides whose it is. */
  record Saved(String status, int useSsl) {}

  static RuntimeState look(
      AdminSession session, Hostgroups hostgroups, Setup setup, Deadline deadline)
      throws AdminFailure {
    return new RuntimeState(
            hostgroups,
            List.of(),
            Map.of(),
            setup.look(session, deadline),
            session.run(automatic(hostgroups), deadline).stream()
                .map(row -> row.text("name"))
                .toList(),
            !session.run(StashedEdits.leftBehind(), deadline).isEmpty())
        .withServersNow(session, deadline);
  }

  /** The same with the servers read anew, all else as it was. */
  RuntimeState withServersNow(AdminSession session, Deadline deadline) throws AdminFailure {
    Map<Slot, Integer> used = connectionsUsed(session, hostgroups, deadline);
    List<RuntimeServer> now = new ArrayList<>();
    for (Row row : session.run(servers("runtime_mysql_servers", hostgroups), deadline)) {
      Slot slot = Slot.of(row, "hostgroup_id", "hostname", "port");
      now.add(
          new RuntimeServer(
              slot, row.text("status"), row.number("use_ssl"), used.getOrDefault(slot, 0)));
    }
    Map<Slot, Saved> disk = new HashMap<>();
    for (Row row : session.run(servers("disk.mysql_servers", hostgroups), deadline)) {
      disk.put(
          Slot.of(row, "hostgroup_id", "hostname", "port"),
          new Saved(row.text("status"), row.number("use_ssl")));
    }
    return new RuntimeState(
        hostgroups, List.copyOf(now), Map.copyOf(disk), setup, automatic, interrupted);
  }

  static Map<Slot, Integer> connectionsUsed(
      AdminSession session, Hostgroups hostgroups, Deadline deadline) throws AdminFailure {
    Map<Slot, Integer> used = new HashMap<>();
    String sql =
        "SELECT hostgroup, srv_host, srv_port, ConnUsed FROM stats_mysql_connection_pool WHERE hostgroup IN %s AND ConnUsed > 0"
            .formatted(hostgroups.list());
    for (Row row : session.run(sql, deadline)) {
      used.put(Slot.of(row, "hostgroup", "srv_host", "srv_port"), row.number("ConnUsed"));
    }
    return used;
  }

  /** The rows through which statements can flow now. */
  Set<Slot> routed() {
    Set<Slot> routed = new HashSet<>();
    servers.stream().filter(RuntimeServer::isRouted).forEach(server -> routed.add(server.slot()));
    return routed;
  }

  /** Whether exactly these rows are there, and each may get statements, encrypted as asked for. */
  boolean hasExactly(Set<Slot> wanted) {
    return routed().equals(wanted) && isEachRight();
  }

  private boolean isEachRight() {
    return servers.stream()
        .noneMatch(server ->
            server.isOfflineSoft()
                || (server.isRouted() && !hostgroups.tls().isServedBy(server.useSsl())));
  }

  /** Whether a restart would bring back exactly these rows. */
  boolean wouldRestartWith(Set<Slot> wanted) {
    return onDisk.keySet().equals(wanted)
        && onDisk.values().stream()
            .allMatch(
                row -> row.status.equals("ONLINE") && hostgroups.tls().isServedBy(row.useSsl));
  }

  ProxyObservation.Reachable observed(String named) {
    return new ProxyObservation.Reachable(
        setup.isInForce() && !interrupted && isEachRight(),
        serversIn(hostgroups.writer()),
        serversIn(hostgroups.reader()),
        unknown(),
        setup.isOnDisk() && wouldRestartWith(routed()),
        warnings(named));
  }

  private Set<ServerId> serversIn(int hostgroup) {
    Set<ServerId> found = new TreeSet<>();
    for (Slot slot : routed()) {
      if (slot.hostgroup() == hostgroup) {
        hostgroups.identify(slot).ifPresent(found::add);
      }
    }
    return found;
  }

  private Set<String> unknown() {
    Set<String> unknown = new TreeSet<>();
    for (Slot slot : routed()) {
      if (hostgroups.identify(slot).isEmpty()) {
        unknown.add(slot.described());
      }
    }
    return unknown;
  }

  private List<String> warnings(String named) {
    List<String> warnings = new ArrayList<>();
    for (String table : automatic) {
      warnings.add(
          "%s: table %s names hostgroup %d or %d, so ProxySQL itself moves servers between them and can make an old source a writer again: remove that row"
              .formatted(named, table, hostgroups.writer(), hostgroups.reader()));
    }
    warn(
        warnings,
        RuntimeServer::isShunned,
        named + ": its monitor has shunned %s: it gets nothing until it answers ProxySQL again");
    warn(
        warnings,
        RuntimeServer::isOfflineSoft,
        named + ": somebody set %s to OFFLINE_SOFT: it will be set right");
    warn(
        warnings,
        server -> server.isOfflineHard() && server.connectionsUsed() > 0,
        named
            + ": sessions still hold connections to %s, which was taken out; their next statement fails");
    return warnings;
  }

  private void warn(List<String> warnings, Predicate<RuntimeServer> which, String sentence) {
    servers.stream()
        .filter(which)
        .forEach(server -> warnings.add(sentence.formatted(server.slot().described())));
  }

  private static String servers(String table, Hostgroups hostgroups) {
    return "SELECT hostgroup_id, hostname, port, status, use_ssl FROM %s WHERE hostgroup_id IN %s"
        .formatted(table, hostgroups.list());
  }

  private static String automatic(Hostgroups hostgroups) {
    String ours = hostgroups.list();
    return String.join(
        " UNION ",
        "SELECT 'mysql_replication_hostgroups' AS name FROM runtime_mysql_replication_hostgroups WHERE writer_hostgroup IN %s OR reader_hostgroup IN %s"
            .formatted(ours, ours),
        "SELECT 'mysql_group_replication_hostgroups' FROM runtime_mysql_group_replication_hostgroups WHERE writer_hostgroup IN %s OR backup_writer_hostgroup IN %s OR reader_hostgroup IN %s OR offline_hostgroup IN %s"
            .formatted(ours, ours, ours, ours),
        "SELECT 'mysql_galera_hostgroups' FROM runtime_mysql_galera_hostgroups WHERE writer_hostgroup IN %s OR backup_writer_hostgroup IN %s OR reader_hostgroup IN %s OR offline_hostgroup IN %s"
            .formatted(ours, ours, ours, ours),
        "SELECT 'mysql_aws_aurora_hostgroups' FROM runtime_mysql_aws_aurora_hostgroups WHERE writer_hostgroup IN %s OR reader_hostgroup IN %s"
            .formatted(ours, ours));
  }
}
