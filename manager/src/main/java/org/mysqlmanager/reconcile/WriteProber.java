package org.mysqlmanager.reconcile;

import java.util.Optional;
import org.mysqlmanager.observe.WriteProbe;

/** An attempt to write on the source, made while everything is looked at. */
final class WriteProber {
  private final Call<WriteProbe> call;

  private WriteProber(Call<WriteProbe> call) {
    this.call = call;
  }

  static WriteProber start(Threads threads, MySqlServer source, Permit permit) {
    return new WriteProber(Call.start(threads, "probe-write", () -> source.probeWrite(permit)));
  }

  /** How it ended; empty if it has not by then, which says nothing. */
  Optional<WriteProbe> await(long nanos) {
    try {
      return switch (call.await(nanos).orElse(null)) {
        case Call.End.Returned<WriteProbe>(WriteProbe probe) -> Optional.of(probe);
        case Call.End.Broke<WriteProbe>(Throwable cause) ->
            throw BrokenAdapter.failure("write on the source", cause);
        case null -> Optional.empty();
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
