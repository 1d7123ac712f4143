package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;

/**
 * A proxy of either kind: where it sends clients now, what it would do after a restart, and the
 * clients' sessions through it. ProxySQL comes back with what is on its disk and lets nothing pass
 * to a server that was removed; HAProxy comes back with nothing, and its sessions stay until they
 * are shut down.
 */
final class SimProxy extends SimProcess {
  private final World world;
  private final ProxySpec spec;

  /** At runtime. */
  private Set<ServerId> writers = new TreeSet<>();

  private Set<ServerId> readers = new TreeSet<>();

  // ProxySQL's configuration in memory, and on disk.
  private Set<ServerId> memoryWriters = new TreeSet<>();
  private Set<ServerId> memoryReaders = new TreeSet<>();
  private Set<ServerId> diskWriters = new TreeSet<>();
  private Set<ServerId> diskReaders = new TreeSet<>();

  private final List<ClientSession> sessions = new ArrayList<>();

  SimProxy(World world, ProxySpec spec, int place) {
    super(spec.name().value(), place);
    this.world = world;
    this.spec = spec;
  }

  ProxySpec spec() {
    return spec;
  }

  boolean isHaProxy() {
    return spec.kind() == ProxyKind.HAPROXY;
  }

  Set<ServerId> writers() {
    return writers;
  }

  Set<ServerId> readers() {
    return readers;
  }

  /** Servers that clients can write to through it, new ones or those that are connected. */
  Set<ServerId> reachableWriters() {
    if (!isHaProxy() || sessions.isEmpty()) {
      return writers;
    }
    Set<ServerId> reachable = new TreeSet<>(writers);
    sessions.forEach(session -> reachable.add(session.server().id()));
    return reachable;
  }

  boolean isOnDisk() {
    return isHaProxy() || (diskWriters.equals(writers) && diskReaders.equals(readers));
  }

  /** As it is when a scenario begins that has been running for a while. */
  void begin(ServerId writer, Set<ServerId> routedReaders) {
    writers.add(writer);
    readers.addAll(routedReaders);
    memoryWriters.addAll(writers);
    memoryReaders.addAll(readers);
    saveToDisk();
  }

  // ProxySQL's statements.

  void deleteFromDisk(Set<ServerId> keptWriters, Set<ServerId> keptReaders) {
    diskWriters.retainAll(keptWriters);
    diskReaders.retainAll(keptReaders);
  }

  void deleteFromMemory(Set<ServerId> keptWriters, Set<ServerId> keptReaders) {
    memoryWriters.retainAll(keptWriters);
    memoryReaders.retainAll(keptReaders);
  }

  void insertWriter(ServerId server) {
    memoryWriters.add(server);
  }

  void insertReader(ServerId server) {
    memoryReaders.add(server);
  }

  void load() {
    writers = new TreeSet<>(memoryWriters);
    readers = new TreeSet<>(memoryReaders);
    changed();
  }

  void saveToDisk() {
    diskWriters = new TreeSet<>(writers);
    diskReaders = new TreeSet<>(readers);
  }

  // HAProxy's commands.

  void setWriter(ServerId server, boolean ready) {
    set(writers, server, ready);
  }

  void setReader(ServerId server, boolean ready) {
    set(readers, server, ready);
  }

  private void set(Set<ServerId> backend, ServerId server, boolean ready) {
    if (ready) {
      backend.add(server);
    } else {
      backend.remove(server);
    }
    changed();
  }

  private void changed() {
    world.trace(name(), () -> "routes writer " + writers + ", readers " + readers);
    world.changed();
  }

  // Sessions of writing clients.

  /** The server that a client who connects now is sent to. */
  Optional<ServerId> writer() {
    return writers.stream().findFirst();
  }

  void opened(ClientSession session) {
    sessions.add(session);
  }

  void closed(ClientSession session) {
    sessions.remove(session);
    world.changed();
  }

  /** Whether what the client sends still passes. */
  boolean lets(ClientSession session) {
    return sessions.contains(session) && (isHaProxy() || writers.contains(session.server().id()));
  }

  boolean hasSessionsElsewhere(Set<ServerId> kept) {
    return sessions.stream().anyMatch(session -> !kept.contains(session.server().id()));
  }

  /** Ends the sessions on servers that are not to be written to. */
  void cutSessions(Set<ServerId> kept) {
    for (ClientSession session : List.copyOf(sessions)) {
      if (!kept.contains(session.server().id())) {
        session.cut();
      }
    }
  }

  // Process.

  void crash() {
    if (isDead()) {
      return;
    }
    die();
    cutSessions(Set.of());
    writers = new TreeSet<>();
    readers = new TreeSet<>();
    world.trace(name(), () -> "is down");
    world.changed();
  }

  void start() {
    if (!isDead()) {
      return;
    }
    comeBack();
    if (!isHaProxy()) {
      memoryWriters = new TreeSet<>(diskWriters);
      memoryReaders = new TreeSet<>(diskReaders);
      load();
    }
    world.trace(name(), () -> "is up");
  }
}
