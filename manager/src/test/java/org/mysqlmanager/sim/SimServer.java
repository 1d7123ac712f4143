package org.mysqlmanager.sim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.WriteProbe;
import org.mysqlmanager.sim.Failure.Kind;

/**
 * A MySQL server: what is on its disk, what is lost with the process, and its sessions. Each method
 * is one statement, carried out at one instant. It boots with {@code super_read_only}.
 */
final class SimServer extends SimProcess {
  static final Set<String> SET_UP = Set.of("users", "database", "event");
  private static final long KEPT_AT_LEAST = 3;

  /** A connection of a manager or, through a proxy, of a client. */
  static final class Session {
    final long id;
    final boolean isClients;

    /** As the connection attribute has it; 0 if there is none. */
    final long epoch;

    boolean alive = true;

    Session(long id, boolean isClients, long epoch) {
      this.id = id;
      this.isClients = isClients;
      this.epoch = epoch;
    }
  }

  private final ServerSpec spec;
  private final String uuid;
  private final Scheduler scheduler;
  private final SplittableRandom chance;
  private final World world;
  private final SimReplica replica;
  private final Map<Long, Session> sessions = new TreeMap<>();

  // On disk.
  private GtidSet executed = GtidSet.EMPTY;
  private GtidSet purged = GtidSet.EMPTY;
  private List<Tx> binlog = new ArrayList<>();
  private Set<Tx> data = new LinkedHashSet<>();
  private Set<String> parts = new TreeSet<>();
  private boolean userData;
  private boolean diskFull;
  private CloneState cloneState = CloneState.NONE;
  private String cloneBegan = "";

  // Lost with the process.
  private boolean readOnly = true;
  private boolean superReadOnly = true;
  private long lastSession;
  private long epochActed;
  private long starts;

  SimServer(World world, ServerSpec spec, int place, String uuid) {
    super(spec.name().value(), place);
    this.world = world;
    this.spec = spec;
    this.uuid = uuid;
    this.scheduler = world.scheduler();
    this.chance = world.chance();
    this.replica = new SimReplica(world, this);
  }

  ServerSpec spec() {
    return spec;
  }

  ServerId id() {
    return spec.name();
  }

  String uuid() {
    return uuid;
  }

  SimReplica replica() {
    return replica;
  }

  GtidSet executed() {
    return executed;
  }

  GtidSet purged() {
    return purged;
  }

  List<Tx> binlog() {
    return binlog;
  }

  /** The transactions whose effect is really there, whatever the GTIDs say. */
  Set<Tx> data() {
    return data;
  }

  boolean hasUserData() {
    return userData;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  boolean isSuperReadOnly() {
    return superReadOnly;
  }

  Set<String> missingSetup() {
    Set<String> missing = new TreeSet<>(SET_UP);
    missing.removeAll(parts);
    return missing;
  }

  CloneStatus cloneStatus() {
    return new CloneStatus(
        true,
        cloneState,
        cloneBegan,
        cloneState == CloneState.FAILED ? "the clone broke off" : "",
        Optional.empty());
  }

  boolean isCloning() {
    return cloneState == CloneState.IN_PROGRESS;
  }

  /** How often it has started. */
  long starts() {
    return starts;
  }

  // Sessions.

  Session connect(boolean isClients, long epoch) {
    Session session = new Session(++lastSession, isClients, epoch);
    sessions.put(session.id, session);
    return session;
  }

  List<Session> sessions() {
    return List.copyOf(sessions.values());
  }

  void end(Session session) {
    session.alive = false;
    sessions.remove(session.id);
  }

  private static void requireAlive(Session session) throws Failure {
    if (!session.alive) {
      throw new Failure(Kind.LINK_LOST, "the session was ended");
    }
  }

  void ping(Session session) throws Failure {
    requireAlive(session);
  }

  static final String ENDS_AN_OLDER_LEADER = "KILL a session of epoch ";

  /** A statement that changes something, by a manager that leads in that epoch. */
  void change(Session session, long epoch, String what, Statement statement) throws Failure {
    requireAlive(session);
    world.trace(name(), () -> what + " (epoch " + epoch + ")");
    // That the session of a leader deposed even earlier ends does no harm, whoever ends it.
    if (epoch < epochActed && !what.startsWith(ENDS_AN_OLDER_LEADER)) {
      throw new Violation(
          "a deposed leader changes nothing",
          "%s in epoch %d on %s, where epoch %d has begun to act"
              .formatted(what, epoch, name(), epochActed));
    }
    epochActed = Math.max(epochActed, epoch);
    statement.execute();
    world.changed();
  }

  /** The effect of a statement. */
  interface Statement {
    void execute() throws Failure;
  }

  // Statements; whoever calls has made sure of the session.

  void setReadOnly(boolean on) {
    readOnly = on;
    superReadOnly &= on;
    world.changed();
  }

  void setSuperReadOnly(boolean on) {
    superReadOnly = on;
    readOnly |= on;
    world.changed();
  }

  void installSetup(String part) throws Failure {
    if (superReadOnly) {
      throw new Failure(Kind.ERROR, "super_read_only");
    }
    if (!parts.contains(part)) {
      apply(nextOwn(part));
    }
  }

  /** A client's commit. */
  Tx commit(Session session) throws Failure {
    requireAlive(session);
    if (readOnly) {
      throw new Failure(Kind.ERROR, "read_only");
    }
    if (diskFull) {
      throw new Failure(Kind.ERROR, "the disk is full");
    }
    Tx tx = nextOwn("");
    apply(tx);
    userData = true;
    return tx;
  }

  /** A manager tries to write. */
  WriteProbe probeWrite() {
    if (readOnly) {
      return new WriteProbe.NotTried("read-only");
    }
    if (diskFull) {
      return new WriteProbe.Failed("the disk is full");
    }
    apply(nextOwn(""));
    return new WriteProbe.Written();
  }

  /** Whether commits fail, though all else works. */
  void setDiskFull(boolean full) {
    diskFull = full;
    world.trace(name(), () -> full ? "has a full disk" : "has room again");
  }

  /** MySQL takes the lowest number that is free. */
  private Tx nextOwn(String part) {
    long number = 1;
    while (executed.contains(uuid, "", number)) {
      number++;
    }
    return new Tx(uuid, number, scheduler.now(), part);
  }

  void apply(Tx tx) {
    if (tx.isIn(executed)) {
      // As MySQL does: skipped, whatever is in it.
      return;
    }
    executed = executed.union(tx.set());
    binlog.add(tx);
    data.add(tx);
    if (tx.part().isEmpty()) {
      userData = true;
    } else {
      parts.add(tx.part());
    }
    world.changed();
  }

  /** Old binary logs go, but for what nobody else has. */
  void purge() {
    for (int i = 0; i < binlog.size() - KEPT_AT_LEAST; i++) {
      Tx tx = binlog.get(i);
      if (world.servers().values().stream().noneMatch(s -> s != this && s.data.contains(tx))) {
        break;
      }
      purged = purged.union(tx.set());
    }
    world.trace(name(), () -> "purges binary logs: " + purged);
  }

  // Clone.

  /** Its data goes first; then the donor's comes, or not. */
  void beginClone(SimServer donor) throws Failure {
    if (donor.isDead() || donor.isFrozen() || world.network().isCut(this, donor)) {
      throw new Failure(Kind.ERROR, "the donor cannot be reached");
    }
    if (isCloning()) {
      throw new Failure(Kind.ERROR, "another clone is under way");
    }
    world.invariants().onClone(this);
    cloneState = CloneState.IN_PROGRESS;
    cloneBegan = "t" + scheduler.now();
    String began = cloneBegan;
    wipe();
    world.trace(name(), () -> "is wiped, clones " + donor);
    scheduler.after(
        chance.nextLong(Times.millis(300), Times.seconds(4)), this, () -> endClone(began, donor));
  }

  private void wipe() {
    data = new LinkedHashSet<>();
    binlog = new ArrayList<>();
    userData = false;
    replica.resetAll();
    if (chance.nextBoolean()) {
      executed = GtidSet.EMPTY;
      purged = GtidSet.EMPTY;
    } else {
      purged = executed;
    }
    world.changed();
  }

  private void endClone(String began, SimServer donor) {
    if (!isCloning() || !cloneBegan.equals(began)) {
      return;
    }
    if (donor.isDead() || donor.isFrozen() || world.network().isCut(this, donor)) {
      cloneState = CloneState.FAILED;
      world.trace(name(), () -> "its clone breaks off");
      return;
    }
    executed = donor.executed;
    purged = donor.executed;
    data = new LinkedHashSet<>(donor.data);
    binlog = new ArrayList<>();
    parts = new TreeSet<>(donor.parts);
    userData = donor.userData;
    cloneState = CloneState.COMPLETED;
    world.trace(name(), () -> "has cloned " + donor + " and restarts");
    crash();
    scheduler.after(chance.nextLong(Times.millis(200), Times.seconds(1)), this::start);
  }

  // Process.

  void crash() {
    if (isDead()) {
      return;
    }
    die();
    sessions.values().forEach(session -> session.alive = false);
    sessions.clear();
    if (isCloning()) {
      cloneState = CloneState.FAILED;
    }
    epochActed = 0;
    replica.onCrash();
    world.trace(name(), () -> "is down");
    world.changed();
  }

  void start() {
    if (!isDead()) {
      return;
    }
    comeBack();
    starts++;
    readOnly = true;
    superReadOnly = true;
    replica.onStart();
    world.trace(name(), () -> "is up, executed " + world.brief(executed));
    world.changed();
  }

  /** As it is when a scenario begins that has been running for a while. */
  void begin(boolean open, @Nullable SimServer source) {
    if (open) {
      readOnly = false;
      superReadOnly = false;
    }
    if (source != null) {
      superReadOnly = false;
      replica.changeSource(source.id());
      replica.start(true, true);
    }
  }

  /** As a source is that was set up long ago. */
  void beginWithSetup() {
    SET_UP.stream().sorted().forEach(part -> apply(nextOwn(part)));
    userData = true;
  }
}
