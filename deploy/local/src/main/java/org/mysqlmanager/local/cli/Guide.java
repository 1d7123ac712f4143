package org.mysqlmanager.local.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.mysqlmanager.local.Account;
import org.mysqlmanager.local.LocalFiles;
import org.mysqlmanager.local.LocalSystem;
import org.mysqlmanager.local.Quoted;
import org.mysqlmanager.local.install.ProxyDistribution;

/**
 * How to connect to a running system and what to try; with the files that make the commands short.
 */
final class Guide {
  private final LocalSystem system;
  private final Path client;
  private final boolean hasClient;

  Guide(LocalSystem system) {
    this.system = system;
    this.client = system.folder().resolve("mysql");
    this.hasClient = system.mysql().flatMap(mysql -> mysql.client()).isPresent();
  }

  /**
   * Writes a file of connection options for each port, and a command {@code mysql} that finds its
   * libraries.
   */
  void writeFiles() {
    system
        .mysql()
        .flatMap(mysql -> mysql.client())
        .ifPresent(command ->
            LocalFiles.writeExecutable(
                client,
                "#!/bin/sh\nexec "
                    + command.stream()
                        .map(word -> "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "))
                    + " \"$@\"\n"));
    LocalFiles.write(
        options("writer"),
        connection(system.writerPort(), Account.APPLICATION)
            + "[mysql]\ndatabase="
            + LocalSystem.DATABASE
            + "\n");
    LocalFiles.write(
        options("reader"),
        connection(system.readerPort(), Account.APPLICATION)
            + "[mysql]\ndatabase="
            + LocalSystem.DATABASE
            + "\n");
    for (String proxy : system.proxies()) {
      if (system.proxyKind(proxy) == ProxyDistribution.Kind.PROXYSQL) {
        LocalFiles.write(
            options(proxy), connection(system.proxyAdminPort(proxy), Account.PROXY_ADMIN));
      }
    }
    // For curl -K: neither its arguments nor the guide show the password.
    LocalFiles.write(
        operator(),
        "user = \"%s:%s\"\n"
            .formatted(Account.OPERATOR.user(), system.passwords().of(Account.OPERATOR)));
    LocalFiles.write(authentication(), "addauth digest " + system.zookeeperCredentials() + "\n");
    for (String server : system.servers()) {
      LocalFiles.write(options(server), connection(system.port(server), Account.ROOT));
    }
  }

  /** The command of zkCli.sh that authenticates, in a file, as a command line is for all to see. */
  private Path authentication() {
    return system.folder().resolve("zookeeper-addauth");
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append("\nConnect (the passwords are in the files named here):\n");
    line(
        text,
        "writer",
        mysql("writer"),
        "port " + system.writerPort() + ", user " + Account.APPLICATION.user());
    line(text, "reader", mysql("reader"), "port " + system.readerPort());
    for (String server : system.servers()) {
      line(text, server, mysql(server), "port " + system.port(server) + ", user root");
    }
    for (String proxy : system.proxies()) {
      switch (system.proxyKind(proxy)) {
        case PROXYSQL -> line(text, proxy, mysql(proxy), "ProxySQL's admin interface");
        case HAPROXY ->
            line(
                text,
                proxy,
                "echo show servers state | nc %s %d"
                    .formatted(system.host(), system.proxyAdminPort(proxy)),
                "HAProxy's Runtime API");
      }
    }
    line(
        text,
        "ZooKeeper",
        "zkCli.sh -server " + system.zookeeperConnect(),
        "in it, first the line of " + authentication());
    line(
        text,
        "",
        "./mm local zk get /mysql-manager/clusters/" + LocalSystem.CLUSTER + "/state",
        "");
    for (String manager : system.managers()) {
      line(
          text,
          manager,
          "curl %s/clusters/%s".formatted(system.applicationUrl(manager), LocalSystem.CLUSTER),
          "admin: " + system.adminUrl(manager));
    }
    List<String> managers = system.managers();
    if (!managers.isEmpty()) {
      line(text, "", "curl %s/healthcheck".formatted(system.adminUrl(managers.getFirst())), "");
      line(
          text,
          "",
          "curl -K %s -X POST %s/tasks/reconcile"
              .formatted(shown(operator()), system.adminUrl(managers.getFirst())),
          "the file holds the operator's password");
    }
    text.append("\nTry, in another terminal:\n");
    line(
        text,
        "",
        "./mm local kill s1",
        system.servers().size() > 1 ? "the source dies: s2 takes over" : "the only server dies");
    line(
        text,
        "",
        "./mm local start s1",
        "it comes back" + (system.servers().size() > 1 ? " and follows s2" : ""));
    if (system.servers().size() > 1) {
      line(
          text,
          "",
          "./mm local pause s2",
          "frozen, not dead: just as good a reason (then: resume s2)");
    }
    line(text, "", "./mm local kill manager-1", "another manager leads");
    line(text, "", "./mm local kill zk1", "two of three are enough");
    line(text, "", "./mm status", "what the managers say");
    line(text, "", "./mm local down", "the end; the data stays in " + shown(system.folder()));
    return text.toString();
  }

  private String mysql(String target) {
    return "%s --defaults-extra-file=%s"
        .formatted(hasClient ? shown(client) : "mysql", shown(options(target)));
  }

  private Path options(String target) {
    return system.folder().resolve(target + ".cnf");
  }

  private Path operator() {
    return system.folder().resolve("operator.curl");
  }

  private String connection(int port, Account account) {
    return """
    [client]
    protocol=tcp
    host=%s
    port=%d
    user="%s"
    password="%s"
    """
        .formatted(
            system.host(),
            port,
            account.user(),
            Quoted.inOptionFile(system.passwords().of(account)));
  }

  /** A path as it can be pasted: relative when the current folder is the project's. */
  private String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    String text =
        here.equals(system.folder().getParent())
            ? here.relativize(path).toString()
            : path.toString();
    return text.contains(" ") ? "'" + text + "'" : text;
  }

  private static void line(StringBuilder text, String name, String command, String remark) {
    text.append("  %-10s %s".formatted(name, command));
    if (!remark.isEmpty()) {
      text.append("   # ").append(remark);
    }
    text.append('\n');
  }
}
