package org.mysqlmanager.local.link;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What goes in one direction through one connection. Run by a thread of its own; what may stop it
 * is guarded by the lock of {@link Links}.
 */
final class Flow {
  private static final int PIECE = 16 * 1024;

  private final Links links;
  private final RelayedConnection connection;
  private final Direction direction;
  private final Socket in;
  private final Socket out;
  private final UnaryOperator<byte[]> firstWords;
  private final TextFinder finder = new TextFinder();
  private @Nullable Hold stoppedBy;

  Flow(
      Links links,
      RelayedConnection connection,
      Direction direction,
      Socket in,
      Socket out,
      UnaryOperator<byte[]> firstWords) {
    this.links = links;
    this.connection = connection;
    this.direction = direction;
    this.in = in;
    this.out = out;
    this.firstWords = firstWords;
  }

  Direction direction() {
    return direction;
  }

  TextFinder finder() {
    return finder;
  }

  boolean isStopped() {
    return stoppedBy != null;
  }

  Optional<Hold> stoppedBy() {
    return Optional.ofNullable(stoppedBy);
  }

  /** The first hold has it. */
  void stopFor(Hold hold) {
    stoppedBy = stoppedBy == null ? hold : stoppedBy;
  }

  void letGo(Hold hold) {
    stoppedBy = stoppedBy == hold ? null : stoppedBy;
  }

  /** Passes on all that comes. The end, orderly or not, is passed on like the rest. */
  void run() {
    try {
      UnaryOperator<byte[]> change = firstWords;
      byte[] buffer = new byte[PIECE];
      boolean more = true;
      while (more) {
        int read = read(buffer);
        byte[] piece = change.apply(Arrays.copyOf(buffer, Math.max(0, read)));
        change = UnaryOperator.identity();
        delay();
        if (!links.awaitPassage(connection, this, piece)) {
          return;
        }
        more = passOn(read, piece);
      }
    } catch (IOException _) {
      connection.reset(); // the receiver is gone
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      connection.reset();
    }
  }

  private static final int END = -1;
  private static final int RESET = -2;

  private int read(byte[] buffer) {
    try {
      int read = in.getInputStream().read(buffer);
      return read < 0 ? END : read;
    } catch (IOException _) {
      return RESET;
    }
  }

  private boolean passOn(int read, byte[] piece) throws IOException {
    return switch (read) {
      case END -> {
        out.shutdownOutput();
        yield false;
      }
      case RESET -> {
        connection.reset();
        yield false;
      }
      default -> {
        out.getOutputStream().write(piece);
        yield true;
      }
    };
  }

  private void delay() throws InterruptedException {
    Duration latency = links.latency(direction);
    if (latency.isPositive()) {
      Thread.sleep(latency);
    }
  }
}
