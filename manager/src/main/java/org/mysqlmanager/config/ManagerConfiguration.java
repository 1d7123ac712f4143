package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.AccessRules;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerSpec;

/**
 * The whole configuration file. Our own settings are immutable; Dropwizard's blocks ({@code
 * server}, {@code logging}, …) are its beans.
 */
public final class ManagerConfiguration extends Configuration {
  private final ManagerSettings manager;
  private final ZooKeeperSettings zookeeper;
  private final ReconcileSettings reconcile;
  private final Path errantTransactionsDirectory;
  private final AccessSettings access;
  private final List<ClusterSpec> clusters;
  private final Map<ClusterName, Credentials> credentials;
  private final List<String> warnings;

  /**
   * Checks what concerns more than one setting; each setting has checked itself.
   *
   * @throws IllegalArgumentException with the sentence for the user; it begins with the setting's
   *     path
   */
  @JsonCreator
  ManagerConfiguration(
      @JsonProperty("manager") @Nullable ManagerSettings manager,
      @JsonProperty("zookeeper") @Nullable ZooKeeperSettings zookeeper,
      @JsonProperty("reconcile") @Nullable ReconcileSettings reconcile,
      @JsonProperty("errant_transactions_directory") @Nullable String errantTransactionsDirectory,
      @JsonProperty("access") @Nullable AccessSettings access,
      @JsonProperty("credentials") @Nullable CredentialsSettings credentials,
      @JsonProperty("clusters") @Nullable List<@Nullable ClusterConfiguration> clusters) {
    this.manager = manager == null ? ManagerSettings.of(null, null) : manager;
    this.zookeeper = required(zookeeper);
    this.reconcile = reconcile == null ? ReconcileSettings.of(null, null, null) : reconcile;
    this.errantTransactionsDirectory =
        Path.of(Limits.orElse(errantTransactionsDirectory, "errant"));
    this.access = access == null ? AccessSettings.USUAL : access;
    requireCommandsEndBeforeSession(this.reconcile, this.zookeeper);

    List<ClusterConfiguration> entries =
        clusters == null ? List.of() : clusters.stream().filter(Objects::nonNull).toList();
    this.clusters = entries.stream().map(ClusterConfiguration::spec).toList();
    requireApart(this.clusters);
    this.clusters.forEach(ManagerConfiguration::requireAuthorities);
    CredentialsSettings common = credentials == null ? CredentialsSettings.NONE : credentials;
    Map<ClusterName, Credentials> complete = new LinkedHashMap<>();
    for (ClusterConfiguration entry : entries) {
      complete.put(
          entry.spec().name(), entry.credentials().orElse(common).completeFor(entry.spec()));
    }
    this.credentials = Map.copyOf(complete);
    SharedProxies.requireCompatible(this.clusters, this.credentials);
    this.warnings =
        Stream.of(
                this.zookeeper.warnings().stream(),
                common.warnings("credentials").stream(),
                entries.stream()
                    .flatMap(entry ->
                        entry
                            .credentials()
                            .warnings("cluster " + entry.spec().name() + ": credentials")
                            .stream()))
            .flatMap(each -> each)
            .toList();
  }

  /** This manager. */
  public ManagerSettings manager() {
    return manager;
  }

  /** Where ZooKeeper is. */
  public ZooKeeperSettings zookeeper() {
    return zookeeper;
  }

  /** How often to look, how long to wait. */
  public ReconcileSettings reconcile() {
    return reconcile;
  }

  /** Where transactions are saved that only an old source had; created when first needed. */
  public Path errantTransactionsDirectory() {
    return errantTransactionsDirectory;
  }

  /** Who may do what over HTTP. */
  public AccessRules access() {
    return access.rules();
  }

  /** The configured clusters, at least one, in the file's order; without any secret. */
  public List<ClusterSpec> clusters() {
    return clusters;
  }

  /**
   * The accounts for that cluster.
   *
   * @throws IllegalArgumentException if no such cluster is configured
   */
  public Credentials credentials(ClusterName cluster) {
    Credentials found = credentials.get(cluster);
    if (found == null) {
      throw new IllegalArgumentException("cluster " + cluster + " is not configured");
    }
    return found;
  }

  /** What is allowed but unwise, one sentence each. */
  public List<String> warnings() {
    return Stream.of(
            warnings, access.warnings(), ConnectorWarnings.of(getServerFactory(), access.rules()))
        .flatMap(List::stream)
        .toList();
  }

  /** All of the block has defaults but its password. */
  private static ZooKeeperSettings required(@Nullable ZooKeeperSettings zookeeper) {
    if (zookeeper == null) {
      throw new IllegalArgumentException(
          "zookeeper.password is missing: give zookeeper: {password: ...}, or password_file there");
    }
    return zookeeper;
  }

  /** A deposed leader's last command must have ended before the next leader can act. */
  private static void requireCommandsEndBeforeSession(
      ReconcileSettings reconcile, ZooKeeperSettings zookeeper) {
    Duration most = zookeeper.sessionTimeout().dividedBy(3);
    if (reconcile.commandTimeout().compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "reconcile.command_timeout %s is more than a third of zookeeper.session_timeout %s: give at most %s, or a longer session_timeout"
              .formatted(
                  DurationText.print(reconcile.commandTimeout()),
                  DurationText.print(zookeeper.sessionTimeout()),
                  DurationText.print(most)));
    }
  }

  /** A missing file would otherwise look like servers that nobody may connect to. */
  private static void requireAuthorities(ClusterSpec cluster) {
    requireReadable("cluster %s: tls".formatted(cluster.name()), cluster.tls().caFile());
    for (ProxySpec proxy : cluster.proxies()) {
      requireReadable(
          "cluster %s: proxy %s: tls".formatted(cluster.name(), proxy.name()),
          proxy.tls().caFile());
    }
  }

  private static void requireReadable(String whose, Optional<String> caFile) {
    caFile
        .filter(path -> !Files.isReadable(Path.of(path)) || Files.isDirectory(Path.of(path)))
        .ifPresent(path -> {
          throw new IllegalArgumentException(
              "%s.ca_file %s cannot be read: give a file of certificates in PEM form on this machine"
                  .formatted(whose, path));
        });
  }

  /** Two clusters that share a name, a server or a proxy's backends would undo each other. */
  private static void requireApart(List<ClusterSpec> clusters) {
    if (clusters.isEmpty()) {
      throw new IllegalArgumentException(
          "clusters lists none: give at least one cluster, with its name and servers");
    }
    Set<ClusterName> names = new HashSet<>();
    Map<Endpoint, ClusterName> clusterByServer = new HashMap<>();
    Map<List<Object>, ClusterName> clusterByBackend = new HashMap<>();
    for (ClusterSpec cluster : clusters) {
      if (!names.add(cluster.name())) {
        throw new IllegalArgumentException(
            "clusters lists the name %s twice: give each cluster its own"
                .formatted(cluster.name()));
      }
      for (ServerSpec server : cluster.servers()) {
        ClusterName other = clusterByServer.putIfAbsent(server.endpoint(), cluster.name());
        if (other != null) {
          throw new IllegalArgumentException(
              "clusters %s and %s both list the server address %s: a server belongs to one cluster"
                  .formatted(other, cluster.name(), server.endpoint()));
        }
      }
      for (ProxySpec proxy : cluster.proxies()) {
        for (Object backend : backends(proxy)) {
          ClusterName other =
              clusterByBackend.putIfAbsent(List.of(proxy.adminEndpoint(), backend), cluster.name());
          if (other != null && !other.equals(cluster.name())) {
            throw new IllegalArgumentException(
                "clusters %s and %s both use %s of the proxy at %s: give each cluster its own"
                    .formatted(other, cluster.name(), backend, proxy.adminEndpoint()));
          }
        }
      }
    }
  }

  private static List<String> backends(ProxySpec proxy) {
    return switch (proxy.kind()) {
      case PROXYSQL ->
          List.of("hostgroup " + proxy.writerHostgroup(), "hostgroup " + proxy.readerHostgroup());
      case HAPROXY ->
          List.of("backend " + proxy.writerBackend(), "backend " + proxy.readerBackend());
    };
  }
}
