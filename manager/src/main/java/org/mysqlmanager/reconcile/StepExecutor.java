package org.mysqlmanager.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.mysqlmanager.decide.Step;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.Routing;
import org.mysqlmanager.model.ServerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out steps. What may take hours, a clone or saving transactions, goes on in the
 * background; everything else ends within the deadlines of the adapters. Used by one thread, the
 * cluster's own.
 */
final class StepExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(StepExecutor.class);
  private static final Duration CATCH_UP_SLICE = Duration.ofSeconds(1);
  private static final Duration FIRST_COMMIT = Duration.ofSeconds(1);

  private final Threads threads;
  private final TransactionArchive archive;
  private final Leadership leadership;
  private final BackgroundListener listener;
  private final Set<Work> underWay = ConcurrentHashMap.newKeySet();

  /** One kind of step on one server: of each, one at a time. */
  private record Work(Class<? extends Step> kind, ServerId server) {}

  /** Is told of each step that went on in the background. */
  @FunctionalInterface
  interface BackgroundListener {
    /** It has ended, and may be begun again. Called on the thread that it ran on. */
    void ended(Step step, StepResult result, Duration took);
  }

  StepExecutor(
      Threads threads,
      TransactionArchive archive,
      Leadership leadership,
      BackgroundListener listener) {
    this.threads = threads;
    this.archive = archive;
    this.leadership = leadership;
    this.listener = listener;
  }

  /** The name of a step in logs and metrics. */
  static String nameOf(Step step) {
    return step.getClass()
        .getSimpleName()
        .replaceAll("(?<=.)([A-Z])", "_$1")
        .toLowerCase(Locale.ROOT);
  }

  /** Whether a step's being done means no more than that it has begun, or goes on. */
  static boolean goesOnInBackground(Step step) {
    return step instanceof Step.SaveErrantTransactions || step instanceof Step.CloneFrom;
  }

  StepResult execute(Step step, Members members, Permit permit) {
    ClusterSpec spec = members.spec();
    return switch (step) {
      case Step.OpenSource(ServerId server) -> members.server(server).openForWrites(permit);
      case Step.CloseReplica(ServerId server) ->
          members.server(server).closeForWrites(spec.replicaSuperReadOnly(), permit);
      case Step.FenceServer(ServerId server) -> members.server(server).fence(permit);
      case Step.SetUpSource(ServerId server) -> members.server(server).setUp(spec.setup(), permit);
      case Step.ApplyRouting(Routing routing, Set<ProxyName> proxies) ->
          route(members, routing, proxies, permit);
      case Step.FenceOldSource(ServerId server, Routing routing, Set<ProxyName> proxies) ->
          fenceOldSource(members, server, routing, proxies, permit);
      case Step.StopReceiver(ServerId candidate) -> members.server(candidate).stopReceiver(permit);
      case Step.AwaitApplied(ServerId candidate, GtidSet required) ->
          members.server(candidate).awaitApplied(required, CATCH_UP_SLICE, permit);
      case Step.Promote(ServerId candidate, GtidSet required) ->
          members.server(candidate).promote(required, permit);
      case Step.Follow(ServerId replica, ServerId source) ->
          members.server(replica).follow(spec.server(source).orElseThrow().endpoint(), permit);
      case Step.RestartReplication(ServerId replica) ->
          members.server(replica).restartReplication(permit);
      case Step.SaveErrantTransactions(ServerId server, String data, GtidSet errant) ->
          save(step, members, server, data, errant);
      case Step.CloneFrom(ServerId recipient, ServerId donor) ->
          copy(step, members, recipient, donor, permit);
      case Step.AwaitFirstCommit(ServerId source, GtidSet after) ->
          members.server(source).awaitCommitBeyond(after, FIRST_COMMIT);
      case Step.Resign _ -> {
        leadership.resign();
        yield StepResult.DONE;
      }
    };
  }

  private StepResult route(
      Members members, Routing routing, Set<ProxyName> proxies, Permit permit) {
    List<Supplier<StepResult>> calls = new ArrayList<>();
    proxies.forEach(name -> calls.add(() -> members.proxy(name).apply(routing, permit)));
    return worst(allAtOnce(calls));
  }

  private StepResult fenceOldSource(
      Members members, ServerId server, Routing routing, Set<ProxyName> proxies, Permit permit) {
    List<Supplier<StepResult>> calls = new ArrayList<>();
    proxies.forEach(name -> calls.add(() -> members.proxy(name).apply(routing, permit)));
    List<Call<StepResult>> proxyTasks = start(calls);
    // The old source most likely does not answer; nobody waits for that. Whether it is closed is
    // seen in the next observation.
    start(List.of(() -> members.server(server).fence(permit)));
    return worst(await(proxyTasks));
  }

  private StepResult save(
      Step step, Members members, ServerId server, String data, GtidSet errant) {
    MySqlServer from = members.server(server);
    ClusterName cluster = members.spec().name();
    return inBackground(
        step,
        server,
        () -> {
          StepResult saved =
              from.saveTransactions(errant, archive.fileFor(cluster, server, data, errant));
          return saved instanceof StepResult.Done
              ? archive.record(cluster, server, data, errant)
              : saved;
        });
  }

  private StepResult copy(
      Step step, Members members, ServerId recipient, ServerId donor, Permit permit) {
    MySqlServer to = members.server(recipient);
    Endpoint from = members.spec().server(donor).orElseThrow().endpoint();
    return inBackground(step, recipient, () -> to.cloneFrom(from, permit));
  }

  /** Begins it, unless the like is under way on that server: then that shall end first. */
  private StepResult inBackground(Step step, ServerId server, Supplier<StepResult> body) {
    Work work = new Work(step.getClass(), server);
    if (underWay.add(work)) {
      long begun = threads.nanoTime();
      threads.start(
          nameOf(step) + "-" + server,
          () -> {
            StepResult result = resultOf(step, body);
            underWay.remove(work);
            listener.ended(step, result, Duration.ofNanos(threads.nanoTime() - begun));
          });
    }
    return StepResult.DONE;
  }

  /** Nobody waits for it, so whatever ends it has to be told as its result. */
  private static StepResult resultOf(Step step, Supplier<StepResult> body) {
    try {
      return body.get();
    } catch (Throwable e) {
      LOG.error("{} failed", step, e);
      return new StepResult.Failed("internal error: " + e);
    }
  }

  private List<StepResult> allAtOnce(List<Supplier<StepResult>> calls) {
    return await(start(calls));
  }

  private List<Call<StepResult>> start(List<Supplier<StepResult>> calls) {
    return calls.stream().map(call -> Call.start(threads, "step", call)).toList();
  }

  private static List<StepResult> await(List<Call<StepResult>> tasks) {
    List<StepResult> results = new ArrayList<>();
    for (Call<StepResult> task : tasks) {
      try {
        // Every call of an adapter ends by itself.
        Call.End<StepResult> end = task.await(Long.MAX_VALUE).orElseThrow();
        results.add(
            switch (end) {
              case Call.End.Returned<StepResult>(StepResult result) -> result;
              case Call.End.Broke<StepResult>(Throwable cause) ->
                  throw BrokenAdapter.failure("carry out a step", cause);
            });
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        results.add(new StepResult.Unknown("interrupted"));
      }
    }
    return results;
  }

  /** Done only if all are done; otherwise the first that is not. */
  private static StepResult worst(List<StepResult> results) {
    return results.stream()
        .filter(result -> !(result instanceof StepResult.Done))
        .findFirst()
        .orElse(StepResult.DONE);
  }
}
