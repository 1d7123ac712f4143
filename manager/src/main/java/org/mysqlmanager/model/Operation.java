package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that takes several steps: choices that do not change once made, and the step reached.
 * It is kept in ZooKeeper, so whoever leads goes on from there.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Operation.Bootstrap.class, name = "bootstrap"),
  @JsonSubTypes.Type(value = Operation.Failover.class, name = "failover"),
  @JsonSubTypes.Type(value = Operation.Rejoin.class, name = "rejoin")
})
public sealed interface Operation {
  /** Why it was begun, in words. */
  String why();

  /** When it was decided. */
  Instant started();

  /** The steps that are done, in order. */
  List<StepTime> done();

  /** The name of the step reached, as shown to people. */
  String stepName();

  /** The kind, as it stands in ZooKeeper. */
  default String kindName() {
    return switch (this) {
      case Bootstrap _ -> "bootstrap";
      case Failover _ -> "failover";
      case Rejoin _ -> "rejoin";
    };
  }

  private static List<StepTime> plus(
      List<StepTime> done, Enum<?> step, Instant operationStarted, Instant now) {
    List<StepTime> result = new ArrayList<>(done);
    Instant stepStarted = done.isEmpty() ? operationStarted : done.getLast().finished();
    String name = step.name().toLowerCase(Locale.ROOT);
    // A step that was gone back to is entered once, or the state would grow with each time.
    Instant firstStarted =
        done.stream()
            .filter(time -> time.step().equals(name))
            .findFirst()
            .map(StepTime::started)
            .orElse(stepStarted);
    result.removeIf(time -> time.step().equals(name));
    result.add(new StepTime(name, firstStarted, now));
    return List.copyOf(result);
  }

  /** The initial set-up of a fresh cluster, in order; then the replicas join. */
  enum BootstrapStep {
    OPEN_SOURCE,
    SET_UP_SOURCE,
    ROUTE
  }

  /** A fresh server becomes source. */
  record Bootstrap(
      ServerId source, BootstrapStep step, String why, Instant started, List<StepTime> done)
      implements Operation {
    public Bootstrap {
      done = List.copyOf(done);
    }

    public Bootstrap at(BootstrapStep next, Instant now) {
      return new Bootstrap(source, next, why, started, plus(done, step, started, now));
    }

    @Override
    public String stepName() {
      return step.name().toLowerCase(Locale.ROOT);
    }
  }

  /** The steps of a failover, in order. */
  enum FailoverStep {
    FENCE,
    STOP_RECEIVER,
    CATCH_UP,
    PROMOTE,
    REPOINT,
    ROUTE,
    CONFIRM
  }

  /**
   * A dead source is replaced.
   *
   * @param required what the candidate must have executed before it is promoted: all it has
   *     received
   * @param attempts how often the present step was carried out; counted up to 100
   * @param candidateFailures checks in a row that found the candidate unreachable
   * @param lastSeen when the old source last answered this leader; empty if it never did
   * @param firstFailure when it was first found unreachable
   * @param promotedWith what the candidate had executed when it was routed: a commit beyond is the
   *     first by a client
   */
  record Failover(
      ServerId oldSource,
      ServerId candidate,
      GtidSet required,
      FailoverStep step,
      int attempts,
      int candidateFailures,
      Optional<Instant> lastSeen,
      Instant firstFailure,
      GtidSet promotedWith,
      String why,
      Instant started,
      List<StepTime> done)
      implements Operation {
    /** Beyond this many attempts at a step nobody counts. */
    private static final int MOST_COUNTED = 100;

    public Failover {
      done = List.copyOf(done);
    }

    /**
     * The step now reached is done; the next begins. Attempts at one that was reached before are
     * counted on, so that going to and fro has an end.
     */
    public Failover at(FailoverStep next, Instant now) {
      List<StepTime> newDone = plus(done, step, started, now);
      String name = next.name().toLowerCase(Locale.ROOT);
      boolean isRepeated = newDone.stream().anyMatch(time -> time.step().equals(name));
      return copy(
          required, next, isRepeated ? attempts : 0, candidateFailures, promotedWith, newDone);
    }

    public Failover withAttempt() {
      int counted = Math.min(attempts + 1, MOST_COUNTED);
      return copy(required, step, counted, candidateFailures, promotedWith, done);
    }

    public Failover withCandidateFailures(int failures) {
      return copy(required, step, attempts, failures, promotedWith, done);
    }

    public Failover requiring(GtidSet newRequired) {
      return copy(newRequired, step, attempts, candidateFailures, promotedWith, done);
    }

    public Failover because(String newWhy) {
      return new Failover(
          oldSource,
          candidate,
          required,
          step,
          attempts,
          candidateFailures,
          lastSeen,
          firstFailure,
          promotedWith,
          newWhy,
          started,
          done);
    }

    public Failover promotedWith(GtidSet executed) {
      return copy(required, step, attempts, candidateFailures, executed, done);
    }

    private Failover copy(
        GtidSet newRequired,
        FailoverStep newStep,
        int newAttempts,
        int newCandidateFailures,
        GtidSet newPromotedWith,
        List<StepTime> newDone) {
      return new Failover(
          oldSource,
          candidate,
          newRequired,
          newStep,
          newAttempts,
          newCandidateFailures,
          lastSeen,
          firstFailure,
          newPromotedWith,
          why,
          started,
          newDone);
    }

    @Override
    public String stepName() {
      return step.name().toLowerCase(Locale.ROOT);
    }
  }

  /** The steps of a rejoin, in order; cloning is left out when following is enough. */
  enum RejoinStep {
    SAVE_ERRANT,
    CLONE,
    FOLLOW
  }

  /**
   * A server becomes a replica of the source.
   *
   * @param errant transactions that only this server has, saved to a file before its data is
   *     replaced
   * @param savedTo where they were saved: manager and file; empty if there were none
   * @param cloneBefore the begin time of the last clone the server knew of before this one, so that
   *     an earlier success is not taken for this one's
   * @param awaySince when the server was first found away in its clone, which ends with a restart
   */
  record Rejoin(
      ServerId server,
      ServerId source,
      RejoinStep step,
      GtidSet errant,
      String savedTo,
      String cloneBefore,
      Optional<Instant> awaySince,
      String why,
      Instant started,
      List<StepTime> done)
      implements Operation {
    public Rejoin {
      done = List.copyOf(done);
    }

    public Rejoin at(RejoinStep next, Instant now) {
      return new Rejoin(
          server,
          source,
          next,
          errant,
          savedTo,
          cloneBefore,
          awaySince,
          why,
          started,
          plus(done, step, started, now));
    }

    public Rejoin withSavedTo(String place) {
      return new Rejoin(
          server, source, step, errant, place, cloneBefore, awaySince, why, started, done);
    }

    public Rejoin withAwaySince(Optional<Instant> since) {
      return new Rejoin(
          server, source, step, errant, savedTo, cloneBefore, since, why, started, done);
    }

    @Override
    public String stepName() {
      return step.name().toLowerCase(Locale.ROOT);
    }
  }
}
