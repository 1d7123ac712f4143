package org.mysqlmanager.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.Command;

/**
 * No password is in anything that the system prints, stores or answers: everything is searched
 * after all that can happen has happened. A new account is searched for as soon as it is one of
 * {@link Account}.
 *
 * <p>Not searched: the environment of processes ({@code /proc/PID/environ}), which only their user
 * can read, and their memory.
 */
class SecretsIT extends Scenario {
  /** Where passwords have to be, relative to the system's folder. */
  private static final Pattern ALLOWED =
      Pattern.compile(
          String.join(
              "|",
              // What this test's harness and a manager read, for their owner only.
              "passwords",
              "manager-\\d/config\\.yml",
              "broken-\\d\\.yml",
              "operator\\.password",
              "s\\d/init\\.sql",
              "proxy-proxysql/proxysql\\.cnf",
              // ProxySQL keeps users, its monitor and its administrators there.
              "proxy-proxysql/data/proxysql\\.db.*",
              // MySQL keeps a replica's password in mysql.slave_master_info, so in these.
              "s\\d/data/(mysql\\.ibd|undo_\\d+|ibdata1|#ib_.*\\.dblwr|#innodb_redo/.*)"));

  private static final String CHATTY =
      """
        level: "TRACE"
        loggers:
          io.dropwizard: "TRACE"
          org.apache.curator: "TRACE"
          org.apache.zookeeper: "TRACE"
          org.hibernate.validator: "TRACE"
          org.eclipse.jetty: "INFO"
          com.mysql: "TRACE"
          com.github.shyiko: "TRACE"
      """;

  /** How a hash of caching_sha2_password begins. */
  private static final String HASH = "$A$00";

  /** What managers write, or have written: MySQL's own files have hashes. */
  private static final Pattern OURS = Pattern.compile("(manager-|zk).*");

  private final SecretSearch search = new SecretSearch();
  private final Map<String, Set<Account>> leaks = new TreeMap<>();

  @Test
  void noPasswordIsPrintedStoredOrAnswered() throws Exception {
    run(builder -> {
      builder
          .managers(2)
          .proxies(
              ProxyDistribution.onPath(ProxyDistribution.Kind.PROXYSQL)
                  .orElseGet(Scenario::haproxy))
          .rewriteManagerConfiguration(SecretsIT::withEveryDetailOfOne);
      search.passwords().forEach(builder::password);
    });
    for (String server : system.servers()) {
      execute(
          server,
          "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME LIKE 'events_statements%'");
    }
    createTable();
    write(1);
    assertIsReplicaOf("s2", "s1");

    breakReplicationAtAnAccount();
    refuseTheManager();
    failOverWithErrantTransactions();
    askEverything();
    List<String> complaints = mistakesInTheConfiguration();

    assertThatTheSearchFinds();
    complaints.forEach(complaint -> look("configuration error", complaint));
    lookIntoFiles();
    lookIntoZooKeeper();
    lookIntoServers();
    lookAtProcesses();
    assertEquals(Map.of(), leaks, "where whose password is");
  }

  private static String withEveryDetailOfOne(String configuration) {
    String level = "  level: \"INFO\"\n";
    assertTrue(configuration.contains(level), configuration);
    return configuration.contains("id: \"manager-1\"")
        ? configuration.replace(level, CHATTY.indent(0))
        : configuration;
  }

  /** The applier's error, as MySQL words it, repeats a statement with a password's hash. */
  private void breakReplicationAtAnAccount() throws Exception {
    execute("s2", "SET SESSION sql_log_bin = 0", "CREATE USER twice@'%' IDENTIFIED BY 'x'");
    execute("s1", "CREATE USER twice@'%' IDENTIFIED WITH caching_sha2_password BY 'y'");
    await(
        "a statement in MySQL's error",
        () ->
            String.valueOf(
                    ask(
                        "s2",
                        "SELECT MAX(LAST_ERROR_MESSAGE) FROM performance_schema.replication_applier_status_by_worker"))
                .contains(HASH));
    awaitStatus(
        "replication is broken",
        status -> server(status, "s2").toString().contains("CREATE USER failed"));
    askEverything();
    execute("s2", "SET SESSION sql_log_bin = 0", "DROP USER twice@'%'");
    awaitPhase("running");
    assertIsReplicaOf("s2", "s1");
  }

  /** A server and the proxy have other passwords for a while. */
  private void refuseTheManager() throws Exception {
    changeManagersPassword("s2", "another");
    Optional<String> proxy =
        system.proxies().stream()
            .filter(name -> system.proxyKind(name) == ProxyDistribution.Kind.PROXYSQL)
            .findFirst();
    if (proxy.isPresent()) {
      changeProxysAdministrators(proxy.get(), "mm_admin:another");
      system.kill(proxy.get()); // the manager's session would stay
      system.start(proxy.get());
    }
    awaitStatus(
        "s2 refuses the manager",
        status -> server(status, "s2").path("status").asText().equals("refusing"));
    if (proxy.isPresent()) {
      awaitStatus(
          "the proxy refuses the manager",
          status -> status.path("proxies").toString().contains("was refused"));
    }
    askEverything();
    changeManagersPassword("s2", password(Account.MANAGER));
    if (proxy.isPresent()) {
      changeProxysAdministrators(
          proxy.get(), Account.PROXY_ADMIN.user() + ":" + password(Account.PROXY_ADMIN));
    }
    awaitPhase("running");
  }

  private void changeManagersPassword(String server, String password) throws SQLException {
    try (Connection root = system.connect(server);
        Statement statement = root.createStatement()) {
      statement.execute("SET SESSION sql_log_bin = 0");
      statement.execute(
          "ALTER USER %s@'%%' IDENTIFIED BY '%s'"
              .formatted(
                  Account.MANAGER.user(), password.replace("\\", "\\\\").replace("'", "''")));
      List<String> sessions = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '%s'"
                  .formatted(Account.MANAGER.user()))) {
        while (rows.next()) {
          sessions.add(rows.getString(1));
        }
      }
      for (String session : sessions) {
        try {
          statement.execute("KILL " + session);
        } catch (SQLException _) {
          // It has ended by itself.
        }
      }
    }
  }

  /** With its client, since JDBC cannot speak to that interface. */
  private void changeProxysAdministrators(String proxy, String managers) throws Exception {
    String all = "admin:%s;%s".formatted(password(Account.ROOT), managers);
    Path statements =
        Files.writeString(
            system.folder().resolve("statements.sql"),
            "UPDATE global_variables SET variable_value='%s' WHERE variable_name='admin-admin_credentials';\nLOAD ADMIN VARIABLES TO RUNTIME;\nSAVE ADMIN VARIABLES TO DISK;\n"
                .formatted(all.replace("'", "''")));
    try {
      List<String> command =
          new ArrayList<>(
              List.of("sh", "-c", "exec \"$@\" --no-beep <\"$0\"", statements.toString()));
      command.addAll(org.mysqlmanager.testing.TestingMySql.client("mysql"));
      command.addAll(
          List.of(
              "--no-defaults",
              "--user=admin",
              "--protocol=TCP",
              "--default-character-set=utf8mb4",
              "--host=" + system.host(),
              "--port=" + system.proxyAdminPort(proxy)));
      Command.Result result =
          Command.run(
              Duration.ofMinutes(1),
              system.folder(),
              Map.of("MYSQL_PWD", password(Account.ROOT)),
              command);
      assertTrue(result.succeeded(), result.tail());
    } finally {
      Files.delete(statements);
    }
  }

  /** The old source has a transaction of its own, which is saved, and is cloned. */
  private void failOverWithErrantTransactions() throws Exception {
    system.managers().forEach(system::pause);
    execute("s2", "STOP REPLICA IO_THREAD");
    execute("s1", "INSERT INTO app.t VALUES (100)");
    system.pause("s1");
    system.managers().forEach(system::resume);
    awaitSource("s2");
    write(2);
    system.resume("s1");
    awaitPhase("running");
    assertIsSource("s2");
    assertIsReplicaOf("s1", "s2");
    assertEquals(List.of(1, 2), rows("s1"), "s1 was cloned");
  }

  /** Every address of every manager, with and without a password, right and wrong. */
  private void askEverything() throws Exception {
    List<String> credentials = new ArrayList<>(List.of(""));
    for (Account account : Account.values()) {
      if (account.name().equals("OPERATOR")) {
        credentials.add(account.user() + ":" + password(account));
        credentials.add(account.user() + ":not" + password(account));
      }
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (String manager : system.managers()) {
        for (String path :
            List.of(
                "",
                "clusters",
                "clusters/main",
                "clusters/main/history",
                "clusters/none",
                "metrics",
                "nothing")) {
          ask(http, system.applicationUrl(manager) + "/" + path, credentials);
        }
        for (String path :
            List.of(
                "", "healthcheck", "metrics", "ping", "threads", "tasks/reconcile", "nothing")) {
          ask(http, system.adminUrl(manager) + "/" + path, credentials);
        }
      }
    }
  }

  private void ask(HttpClient http, String url, List<String> credentials) throws Exception {
    for (String each : credentials) {
      for (String method : List.of("GET", "POST")) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!each.isEmpty()) {
          byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
          request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
        }
        HttpResponse<String> answer =
            http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        look(method + " " + url, answer.headers().map() + answer.body());
      }
    }
  }

  /** What a manager says to configurations that are wrong around a password. */
  private List<String> mistakesInTheConfiguration() throws Exception {
    String right = Files.readString(system.folder("manager-2").resolve("config.yml"));
    List<String> wrong =
        List.of(
            right.replace("    password: \"", "    password:\""),
            right.replace("    password: \"", "    pasword: \""),
            right.replace("check_interval: \"", "check_interval: \"x"));
    List<String> complaints = new ArrayList<>();
    for (int i = 0; i < wrong.size(); i++) {
      Path file = Files.writeString(system.folder().resolve("broken-" + i + ".yml"), wrong.get(i));
      Command.Result result =
          Command.run(
              Duration.ofMinutes(1),
              system.folder(),
              Map.of(),
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  Path.of("target", "mysql-manager.jar").toAbsolutePath().toString(),
                  "check",
                  file.toString()));
      assertFalse(result.succeeded(), "it is not refused: " + wrong.get(i));
      assertTrue(result.tail().contains("broken-" + i), result.tail());
      complaints.add(result.tail());
    }
    return complaints;
  }

  // --- The search

  private void look(String where, String content) {
    note(where, search.in(content));
    if (!where.contains("performance_schema") && !where.matches("s\\d: .*")) {
      assertFalse(content.contains(HASH), "a hash in " + where);
    }
  }

  private void note(String where, Set<Account> found) {
    if (!found.isEmpty()) {
      leaks.computeIfAbsent(where, _ -> EnumSet.noneOf(Account.class)).addAll(found);
    }
  }

  /** A search that finds nothing anywhere would prove nothing. */
  private void assertThatTheSearchFinds() throws IOException {
    Set<Account> inConfigurations = EnumSet.noneOf(Account.class);
    for (String file : List.of("passwords", "manager-1/config.yml")) {
      inConfigurations.addAll(search.in(Files.readAllBytes(system.folder().resolve(file))));
    }
    assertEquals(EnumSet.allOf(Account.class), inConfigurations);
    search
        .passwords()
        .forEach((account, password) -> {
          byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
          for (String form :
              List.of(
                  password,
                  URLEncoder.encode(password, StandardCharsets.UTF_8),
                  HexFormat.of().formatHex(bytes),
                  HexFormat.of().withUpperCase().formatHex(bytes),
                  Base64.getEncoder().encodeToString(bytes),
                  Base64.getUrlEncoder()
                      .encodeToString(("u:" + password).getBytes(StandardCharsets.UTF_8)),
                  Base64.getEncoder()
                      .encodeToString(("x" + password).getBytes(StandardCharsets.UTF_8)),
                  password.replace("\\", "\\\\").replace("'", "''"),
                  password.replace("\\", "\\\\").replace("ü", "\\u00fc"),
                  password.substring(0, password.length() / 2),
                  password.substring(password.length() / 2))) {
            assertEquals(Set.of(account), search.in("before " + form + " behind"), form);
          }
        });
    // A replica's MySQL has to keep what it logs in with, and does so in clear.
    assertTrue(
        search
            .in(readAll(system.folder("s1").resolve("data/mysql.ibd")))
            .contains(Account.REPLICATION));
  }

  /**
   * All that all processes have written: logs, ZooKeeper's data, binary and relay logs, archive.
   */
  private void lookIntoFiles() throws IOException {
    List<String> searched = new ArrayList<>();
    try (Stream<Path> files = Files.walk(system.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = system.folder().relativize(file).toString();
        if (!ALLOWED.matcher(name).matches()) {
          byte[] content = readAll(file);
          note(name, search.in(content));
          assertFalse(
              OURS.matcher(name).matches()
                  && new String(content, StandardCharsets.ISO_8859_1).contains(HASH),
              "a hash in " + name);
          searched.add(name);
        }
      }
    }
    for (String expected :
        List.of(
            "manager-1/manager\\.log",
            "manager-2/manager\\.log",
            "manager-\\d/errant/.*\\.binlog",
            "manager-\\d/errant/.*\\.json",
            "s\\d/mysqld\\.log",
            "s\\d/data/binlog\\.\\d+",
            "s\\d/data/.*-relay-bin\\.\\d+",
            "zk1/zookeeper\\.log",
            "zk1/data/version-2/log\\..*",
            "proxy-.*log")) {
      assertTrue(
          searched.stream().anyMatch(name -> name.matches(expected)),
          "no " + expected + " among " + searched);
    }
    String log = Files.readString(system.logFile("manager-1"));
    assertTrue(
        log.contains("DEBUG") && log.contains("TRACE"), "manager-1 does not log every detail");
  }

  private static byte[] readAll(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return new byte[0]; // removed by its owner meanwhile
    }
  }

  /** With the managers' own account where they have one. */
  private void lookIntoZooKeeper() throws Exception {
    List<String> seen = new ArrayList<>();
    withZookeeper(client -> {
      seen.clear();
      walk(client, "/mysql-manager", seen);
    });
    assertTrue(seen.contains("/mysql-manager/clusters/main/state"), seen.toString());
    assertTrue(
        seen.stream().anyMatch(path -> path.startsWith("/mysql-manager/clusters/main/history/")),
        seen.toString());
  }

  private void walk(ZooKeeper client, String path, List<String> seen) throws Exception {
    seen.add(path);
    look("znode " + path, path);
    byte[] data = client.getData(path, false, null);
    look("znode " + path, data == null ? "" : new String(data, StandardCharsets.UTF_8));
    look("access to znode " + path, client.getACL(path, null).toString());
    for (String child : client.getChildren(path, false)) {
      walk(client, path + "/" + child, seen);
    }
  }

  /** What a server's administrators see of statements: MySQL masks passwords itself. */
  private void lookIntoServers() throws SQLException {
    for (String server : system.servers()) {
      assertEquals("0", ask(server, "SELECT @@global.general_log"), "general log of " + server);
      assertEquals("0", ask(server, "SELECT @@global.log_raw"), "raw log of " + server);
      try (Connection root = system.connect(server);
          Statement statement = root.createStatement()) {
        List<String> tables = new ArrayList<>();
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'performance_schema'")) {
          while (rows.next()) {
            tables.add(rows.getString(1));
          }
        }
        assertTrue(tables.contains("events_statements_history_long"), tables.toString());
        for (String table : tables) {
          String place = server + ": performance_schema." + table;
          look(place, content(statement, "SELECT * FROM performance_schema.`" + table + "`"));
        }
        look(server + ": processes", content(statement, "SHOW FULL PROCESSLIST"));
        look(server + ": replica", content(statement, "SHOW REPLICA STATUS"));
        look(server + ": events", content(statement, "SELECT * FROM information_schema.EVENTS"));
      }
    }
  }

  private static String content(Statement statement, String query) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (ResultSet rows = statement.executeQuery(query)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int column = 1; column <= columns; column++) {
          text.append(rows.getString(column)).append('\n');
        }
      }
    }
    return text.toString();
  }

  /** What {@code ps} shows of every process on this machine, and the names of its threads. */
  private void lookAtProcesses() throws IOException {
    long searched = 0;
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process :
          processes.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
        try {
          look("command line of " + process, Files.readString(process.resolve("cmdline")));
          try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            for (Path thread : threads.toList()) {
              look("thread of " + process, Files.readString(thread.resolve("comm")));
            }
          }
          searched++;
        } catch (IOException | java.io.UncheckedIOException _) {
          // It has ended meanwhile.
        }
      }
    }
    assertTrue(searched > 5, "only " + searched + " processes");
    for (String manager : system.managers()) {
      String commandLine = Files.readString(Path.of("/proc", "" + system.pid(manager), "cmdline"));
      assertTrue(commandLine.contains("mysql-manager.jar"), commandLine);
    }
  }
}
