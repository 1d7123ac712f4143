package org.mysqlmanager.decide;

import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.model.WriteProbing;
import org.mysqlmanager.observe.WriteProbe;

/** A source that answers but on which no write succeeds, as far as it was tried. */
final class WriteFailures {
  private WriteFailures() {}

  /** The view with the count, and the source's status, as the last attempt to write has it. */
  static View counted(View view) {
    ClusterState state = view.state();
    if (view.spec().writeProbe() == WriteProbing.OFF) {
      return writing(view);
    }
    return switch (view.seen().evidence().writeProbe().orElse(null)) {
      case WriteProbe.Failed(String reason) ->
          view.with(
              state
                  .withWriteFailures(count(view))
                  .withServer(
                      view.source(), s -> s.withStatus(ServerStatus.WRITE_FAILING, reason)));
      case WriteProbe.Written _ -> writing(view);
      // Nothing new is known: what failed before still counts as failing.
      case WriteProbe.NotTried _ -> view;
      case null -> view;
    };
  }

  /** Not beyond what matters, or a source that cannot write would make each check a new state. */
  private static int count(View view) {
    int before = view.state().writeFailureCount();
    return view.isCheck() ? Math.min(before + 1, view.spec().masterFailureThreshold() + 1) : before;
  }

  private static View writing(View view) {
    ClusterState state = view.state().withWriteFailures(0);
    boolean wasFailing = state.server(view.source()).status() == ServerStatus.WRITE_FAILING;
    return view.with(
        wasFailing
            ? state.withServer(view.source(), s -> s.withStatus(ServerStatus.UP, ""))
            : state);
  }

  /** Whether that is a reason for a failover. */
  static boolean isOver(View view) {
    return view.spec().writeProbe() == WriteProbing.FAILOVER
        && view.state().writeFailureCount() > view.spec().masterFailureThreshold();
  }
}
