package org.mysqlmanager.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.MysqlLocator;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LocalException;

/**
 * Brings a system up and owns its processes until it is told to end, by Ctrl-C or from another
 * terminal.
 */
final class Launcher {
  private static final int ZOOKEEPERS = 3;
  private static final int MANAGERS = 3;
  private static final Duration RUNNING_DEADLINE = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Path folder;
  private final Request.Up request;
  private final PrintStream out;
  private final long started = System.nanoTime();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable LocalSystem system;

  Launcher(Path folder, Request.Up request, PrintStream out) {
    this.folder = folder;
    this.request = request;
    this.out = out;
  }

  /**
   * Runs until it is told to end.
   *
   * @return the exit status
   * @throws LocalException when another launcher runs, or something cannot be had or started
   */
  int run() throws IOException {
    Optional<LauncherFile.Lock> locked = LauncherFile.Lock.tryLock(folder);
    if (locked.isEmpty()) {
      throw new LocalException(
          "A local system is running already%s. Look at it with ./mm local status, or end it with ./mm local down."
              .formatted(
                  LauncherFile.ofRunning(folder)
                      .map(running -> " (process " + running.pid() + ")")
                      .orElse("")));
    }
    // Ctrl-C, SIGTERM and the end of the terminal come here.
    Thread hook = Thread.ofPlatform().unstarted(this::end);
    Runtime.getRuntime().addShutdownHook(hook);
    String token = new BigInteger(128, new SecureRandom()).toString(16);
    try (LauncherFile.Lock _ = locked.get();
        ControlServer control = ControlServer.start(token, this::handle)) {
      LauncherFile file =
          new LauncherFile(
              ProcessHandle.current().pid(),
              control.port(),
              token,
              LauncherFile.State.STARTING,
              "");
      file.write(folder);
      try {
        bringUp(file);
        watch();
      } catch (LocalException e) {
        if (!isEnding()) { // else it failed because it is being taken down
          throw e;
        }
      } finally {
        end();
        Files.deleteIfExists(folder.resolve("launcher"));
      }
    }
    return 0;
  }

  private void bringUp(LauncherFile file) {
    Optional<SavedChoices> saved = SavedChoices.load(folder);
    int servers = SavedChoices.servers(saved, request.servers());
    Optional<ProxyDistribution.Kind> kind = SavedChoices.proxy(saved, request.proxy());
    CacheFolder cache = CacheFolder.ofUser();
    CompletableFuture<ProxyDistribution> proxy =
        CompletableFuture.supplyAsync(() -> ProxyDistribution.locate(kind, cache, this::say));
    MysqlDistribution mysql = new MysqlLocator(cache, this::say).locate(request.mysql());
    say("MySQL %s (%s)".formatted(mysql.version(), mysql.origin()));
    ProxyDistribution proxyFound = join(proxy);
    say("%s (%s)".formatted(proxyFound.kind().key(), proxyFound.origin()));
    LocalSystem made =
        LocalSystem.builder(folder)
            .usualPorts()
            .zookeepers(ZOOKEEPERS)
            .servers(servers)
            .mysql(mysql)
            .proxies(proxyFound)
            .managers(MANAGERS)
            .managerJar(folder.resolve("lib/mysql-manager.jar"))
            .checkInterval(request.checkInterval())
            .progress(this::say)
            .build();
    system = made;
    new SavedChoices(servers, proxyFound.kind()).save(folder);
    LauncherFile announced =
        new LauncherFile(
            file.pid(),
            file.port(),
            file.token(),
            LauncherFile.State.STARTING,
            made.managers().stream()
                .map(name -> made.applicationUrl(name).toString())
                .collect(Collectors.joining(",")));
    announced.write(folder);
    made.startAll();
    boolean running = awaitRunning(made);
    Guide guide = new Guide(made);
    guide.writeFiles();
    if (isEnding()) {
      return;
    }
    say(
        running
            ? "The cluster is running."
            : "The cluster is not running yet; what the managers say is below. Their logs: %s"
                .formatted(made.logFile(made.managers().getFirst()).resolveSibling("*.log")));
    out.println(guide.text());
    out.flush();
    new LauncherFile(
            announced.pid(),
            announced.port(),
            announced.token(),
            LauncherFile.State.READY,
            announced.managers())
        .write(folder);
  }

  private void watch() {
    LiveStatus live = new LiveStatus(required(), out);
    try {
      do {
        live.refresh();
      } while (!ending.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the system once, from whichever thread comes first; the others wait for it. */
  private synchronized void end() {
    ending.countDown();
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    LocalSystem running = system;
    if (running != null) {
      say("ending everything");
      running.shutDown();
      say("nothing is left running; the data is in " + folder);
    }
  }

  private String handle(List<String> words) {
    String first = words.getFirst();
    return switch (first) {
      case "status" -> status();
      case "zookeeper" -> required().zookeeperConnect();
      case "down" -> {
        ending.countDown();
        // The answer goes out first; a start that is under way is ended too.
        Thread.ofPlatform()
            .start(() -> {
              Await.until(Duration.ofMillis(200), () -> false);
              System.exit(0);
            });
        yield "ending";
      }
      default -> act(first, words.getLast());
    };
  }

  private String status() {
    LocalSystem running = required();
    return String.join("\n", new StatusText(running, running.clusterStatus()).table());
  }

  private String act(String action, String name) {
    LocalSystem running = required();
    return switch (Request.Action.valueOf(action.toUpperCase(Locale.ROOT))) {
      case KILL -> {
        running.kill(name);
        yield name + " is killed";
      }
      case STOP -> {
        running.stop(name);
        yield name + " has ended";
      }
      case PAUSE -> {
        running.pause(name);
        yield name + " is frozen";
      }
      case RESUME -> {
        running.resume(name);
        yield name + " goes on";
      }
      case START -> {
        running.launch(name);
        running.awaitReady(name);
        yield "%s is up on port %d".formatted(name, running.port(name));
      }
    };
  }

  private LocalSystem required() {
    LocalSystem running = system;
    if (running == null) {
      throw new LocalException("the local system is not up yet");
    }
    return running;
  }

  private boolean isEnding() {
    return ending.getCount() == 0;
  }

  /** Waits until the cluster is running, and prints what the managers say on the way. */
  private boolean awaitRunning(LocalSystem made) {
    String[] said = {""};
    return Await.until(
        RUNNING_DEADLINE,
        () -> {
          Optional<JsonNode> status = made.clusterStatus();
          String summary = new StatusText(made, status).summary();
          if (!summary.equals(said[0]) && !isEnding()) {
            say(summary);
            said[0] = summary;
          }
          return isEnding()
              || status.map(cluster -> cluster.path("phase").asText()).orElse("").equals("running");
        });
  }

  private void print(String line) {
    out.println(line);
    out.flush();
  }

  private void say(String line) {
    print("[%5.1f s] %s".formatted((System.nanoTime() - started) / 1e9, line));
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
