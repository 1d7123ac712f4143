package org.mysqlmanager.containers;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.RestartPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How each container is made: as docker-compose.yml does it, from the same files, variables and
 * secrets. The only place that knows paths inside the containers and where secrets go.
 */
final class Recipes {
  static final int ZOOKEEPER_PORT = 2181;
  static final int MYSQL_PORT = 3306;
  static final int WRITER_PORT = 6033;
  static final int READER_PORT = 6034;
  static final int PROXYSQL_ADMIN_PORT = 6032;
  static final int HAPROXY_ADMIN_PORT = 9999;
  static final int APPLICATION_PORT = 8080;
  static final int ADMIN_PORT = 8081;

  /** Below it the managers keep what they save. */
  static final String DATA = "/var/lib/mysql-manager";

  /** What a manager's container may use, in bytes. */
  static final long MANAGER_MEMORY = 256L * 1024 * 1024;

  private static final String SECRETS = "/run/secrets";
  private static final String CONFIGURATION = "/etc/mysql-manager/dropwizard-config.yml";

  private Recipes() {}

  /** One of the three that the configuration names, or one that is alone. */
  static Node zookeeper(int number, boolean alone) {
    String configuration = ProjectFiles.text("deploy/compose/zoo.cfg");
    if (alone) {
      configuration =
          configuration
              .lines()
              .filter(line -> !line.startsWith("server.") && !line.startsWith("standaloneEnabled"))
              .collect(Collectors.joining("\n", "", "\n"));
    }
    return new Node("zookeeper-" + number, Images.ZOOKEEPER)
        .environment(
            Map.of("ZOO_MY_ID", String.valueOf(number), "JVMFLAGS", "-Xmx96m -XX:+UseSerialGC"))
        .file("/conf/zoo.cfg", configuration)
        .publish(ZOOKEEPER_PORT);
  }

  /**
   * A server with no data. A clone ends mysqld, so it is started again, as every deployment must.
   */
  static Node mysql(String name, int serverId) {
    return new Node(name, Images.MYSQL)
        .environment(Map.of("MYSQL_ROOT_PASSWORD_FILE", SECRETS + "/mysql_root_password"))
        .command("mysqld", "--server-id=" + serverId, "--report-host=" + name)
        .file(SECRETS + "/mysql_root_password", Account.ROOT.password())
        .file(SECRETS + "/" + Account.MANAGER.file(), Account.MANAGER.password())
        .file("/etc/mysql/conf.d/mysql-manager.cnf", ProjectFiles.text("deploy/compose/mysql.cnf"))
        .file(
            "/etc/mysql-manager/manager-account.sql",
            ProjectFiles.text("deploy/mysql/manager-account.sql"))
        .file(
            "/docker-entrypoint-initdb.d/mysql-setup.sh",
            ProjectFiles.text("deploy/compose/mysql-setup.sh"))
        .host(host -> host.withRestartPolicy(RestartPolicy.unlessStoppedRestart()))
        .publish(MYSQL_PORT);
  }

  static Node proxysql() {
    return new Node(ContainerSystem.PROXY, Images.PROXYSQL)
        .entrypoint("/usr/local/bin/proxysql-start")
        .command()
        .file(SECRETS + "/" + Account.PROXY_ADMIN.file(), Account.PROXY_ADMIN.password())
        .file("/etc/proxysql/proxysql.cnf", ProjectFiles.text("deploy/compose/proxysql.cnf"))
        .program(
            "/usr/local/bin/proxysql-start", ProjectFiles.text("deploy/compose/proxysql-start"))
        .publish(WRITER_PORT, READER_PORT);
  }

  static Node haproxy() {
    return new Node(ContainerSystem.PROXY, Images.HAPROXY)
        .file("/usr/local/etc/haproxy/haproxy.cfg", ProjectFiles.text("deploy/compose/haproxy.cfg"))
        .file(
            "/usr/local/etc/haproxy/wait-for-server.lua",
            ProjectFiles.text("deploy/haproxy/wait-for-server.lua"))
        .publish(WRITER_PORT, READER_PORT);
  }

  /** With the configuration that is in the image, and as little as a container can have. */
  static Node manager(String name, List<String> zookeepers) {
    return manager(new Node(name, Images.MANAGER), zookeepers)
        .host(host ->
            host.withReadonlyRootfs(true)
                .withTmpFs(Map.of("/tmp", "size=16m"))
                .withMemory(MANAGER_MEMORY)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges")));
  }

  /**
   * With a configuration for HAProxy over the one in the image, as deploy/compose/setup makes it.
   */
  static Node managerForHaproxy(String name, List<String> zookeepers) {
    String configuration =
        ProjectFiles.text("dropwizard-config.yml")
            .replace("kind: proxysql\n", "kind: haproxy\n")
            .replace("admin_port: ${PROXY_ADMIN_PORT:-6032}", "admin_port: " + HAPROXY_ADMIN_PORT)
            .replace("writer_hostgroup: 10", "writer_backend: mysql_writer")
            .replace("reader_hostgroup: 20", "reader_backend: mysql_readers")
            .replace("${PROXY_TLS_MODE:-preferred}", "${PROXY_TLS_MODE:-disabled}");
    return manager(new Node(name, Images.MANAGER), zookeepers).file(CONFIGURATION, configuration);
  }

  /** The secrets are in a volume, as nothing can be put into a file system without writing. */
  private static Node manager(Node manager, List<String> zookeepers) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("MANAGER_ID", manager.name());
    environment.put("MANAGER_HOST", manager.name());
    environment.put(
        "ZOOKEEPER_CONNECT",
        zookeepers.stream().map(z -> z + ":" + ZOOKEEPER_PORT).collect(Collectors.joining(",")));
    environment.put("CHECK_INTERVAL", "1s");
    environment.put("S1_HOST", "s1");
    environment.put("S1_PORT", String.valueOf(MYSQL_PORT));
    environment.put("S2_HOST", "s2");
    environment.put("S2_PORT", String.valueOf(MYSQL_PORT));
    environment.put("PROXY_HOST", ContainerSystem.PROXY);
    environment.put("PROXY_ADMIN_PORT", String.valueOf(PROXYSQL_ADMIN_PORT));
    for (Account account : Account.OF_MANAGERS) {
      environment.put(account.variable(), SECRETS + "/" + account.file());
      manager.fileInVolume(SECRETS, account.file(), account.password());
    }
    return manager
        .environment(environment)
        .publish(APPLICATION_PORT, ADMIN_PORT)
        .host(host ->
            host.withMounts(List.of(new Mount().withType(MountType.VOLUME).withTarget(SECRETS))));
  }
}
