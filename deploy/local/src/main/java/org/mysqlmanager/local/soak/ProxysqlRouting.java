package org.mysqlmanager.local.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks ProxySQL's runtime tables through MySQL's command-line client, which understands the admin
 * interface as the JDBC driver does not. One client is kept as long as it answers.
 */
final class ProxysqlRouting implements Routing {
  private static final String QUESTION =
      "SELECT port FROM runtime_mysql_servers WHERE hostgroup_id = 10 AND status = 'ONLINE';";
  private static final String END = "end";
  private static final long PATIENCE_MILLIS = 1_000;
  private static final int MOST_LINES = 100;

  private final List<String> client;
  private final String password;
  private final Map<String, String> serversByPort;
  private @Nullable Session session;

  /**
   * Nothing is started yet.
   *
   * @param client the command-line client with all options but the password
   * @param serversByPort the names of servers by the ports that the proxy knows
   */
  ProxysqlRouting(List<String> client, String password, Map<String, String> serversByPort) {
    this.client = List.copyOf(client);
    this.password = password;
    this.serversByPort = Map.copyOf(serversByPort);
  }

  private record Session(Process process, Writer questions, BlockingQueue<String> lines) {}

  @Override
  public synchronized Optional<Set<String>> writers() {
    try {
      Session open = session();
      open.questions().write(QUESTION + " SELECT '" + END + "';\n");
      open.questions().flush();
      Set<String> writers = new HashSet<>();
      for (int i = 0; i < MOST_LINES; i++) {
        String line = open.lines().poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (line == null) {
          break;
        }
        if (line.equals(END)) {
          return Optional.of(writers);
        }
        writers.add(serversByPort.getOrDefault(line, "port " + line));
      }
    } catch (IOException _) {
      // The client has ended because the proxy is away.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    close();
    return Optional.empty();
  }

  @Override
  public synchronized void close() {
    Session open = session;
    session = null;
    if (open != null) {
      open.process().destroyForcibly();
    }
  }

  private Session session() throws IOException {
    Session open = session;
    if (open != null && open.process().isAlive()) {
      return open;
    }
    ProcessBuilder builder =
        new ProcessBuilder(client).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("MYSQL_PWD", password);
    Process process = builder.start();
    BlockingQueue<String> lines = new ArrayBlockingQueue<>(MOST_LINES);
    BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("proxysql-answers").start(() -> follow(answers, lines));
    Session made = new Session(process, process.outputWriter(StandardCharsets.UTF_8), lines);
    session = made;
    return made;
  }

  private static void follow(BufferedReader answers, BlockingQueue<String> lines) {
    try (answers) {
      String line;
      while ((line = answers.readLine()) != null) {
        lines.put(line);
      }
    } catch (IOException _) {
      // It was ended.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
