package org.mysqlmanager.local.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What happened when: on the terminal, and with the wall-clock's time in a file. Thread-safe. */
final class Timeline {
  private final Path file;
  private final Consumer<String> terminal;
  private final long start = System.nanoTime();
  private final List<String> violations = new ArrayList<>();

  Timeline(Path file, Consumer<String> terminal) {
    this.file = file;
    this.terminal = terminal;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Something to be seen by who waits. */
  void say(String what) {
    terminal.accept("[%6.1f s] %s".formatted(elapsed().toMillis() / 1e3, what));
    note(what);
  }

  /** Something to look up later. */
  synchronized void note(String what) {
    try {
      Files.writeString(
          file,
          Instant.now() + " " + what + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** What must never be. */
  void violation(String what) {
    synchronized (this) {
      violations.add(what);
    }
    say("VIOLATION: " + what);
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }
}
