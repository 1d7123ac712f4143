package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wants of one cluster. It holds no secret: it is kept in ZooKeeper in clear.
 *
 * @param policy in JSON its settings stand beside the others
 * @param tls how the servers are connected to, by the managers and by each other
 * @param servers in order of preference: of fresh servers the first becomes the source
 */
@JsonPropertyOrder({
  "name",
  "master_failure_threshold",
  "min_failover_interval",
  "max_failover_lag",
  "max_reader_lag",
  "replica_super_read_only",
  "clone_broken_replicas",
  "write_probe",
  "tls",
  "servers",
  "proxies",
  "setup"
})
public record ClusterSpec(
    ClusterName name,
    @JsonIgnore Policy policy,
    MySqlTls tls,
    List<ServerSpec> servers,
    List<ProxySpec> proxies,
    SetupSpec setup) {
  private static final int MOST_SERVERS = 16;

  public ClusterSpec {
    servers = List.copyOf(servers);
    proxies = List.copyOf(proxies);
    if (servers.isEmpty() || servers.size() > MOST_SERVERS) {
      throw new IllegalArgumentException(
          "cluster %s: servers lists %d: 1 to %d are possible"
              .formatted(name, servers.size(), MOST_SERVERS));
    }
    requireUnique(name, "server name", servers, ServerSpec::name);
    requireUnique(name, "server address", servers, ServerSpec::endpoint);
    servers.forEach(server ->
        Names.requireComparable(
            "cluster %s: server %s".formatted(name, server.name()), server.host(), tls.mode()));
    requireUnique(name, "proxy name", proxies, ProxySpec::name);
    requireUnique(name, "proxy address", proxies, ProxySpec::adminEndpoint);
  }

  /** With the default policy but for these settings, and the default TLS. */
  public ClusterSpec(
      ClusterName name,
      int masterFailureThreshold,
      Duration maxReaderLag,
      boolean replicaSuperReadOnly,
      List<ServerSpec> servers,
      List<ProxySpec> proxies,
      SetupSpec setup) {
    this(
        name,
        new Policy(
            masterFailureThreshold,
            Policy.DEFAULT.minFailoverInterval(),
            Policy.DEFAULT.maxFailoverLag(),
            maxReaderLag,
            replicaSuperReadOnly,
            Policy.DEFAULT.cloneBrokenReplicas(),
            Policy.DEFAULT.writeProbe()),
        MySqlTls.REQUIRED,
        servers,
        proxies,
        setup);
  }

  @JsonCreator
  static ClusterSpec of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("master_failure_threshold") @Nullable Integer masterFailureThreshold,
      @JsonProperty("min_failover_interval") @Nullable Duration minFailoverInterval,
      @JsonProperty("max_failover_lag") @Nullable Duration maxFailoverLag,
      @JsonProperty("max_reader_lag") @Nullable Duration maxReaderLag,
      @JsonProperty("replica_super_read_only") @Nullable Boolean replicaSuperReadOnly,
      @JsonProperty("clone_broken_replicas") @Nullable Boolean cloneBrokenReplicas,
      @JsonProperty("write_probe") @Nullable WriteProbing writeProbe,
      @JsonProperty("tls") @Nullable MySqlTls tls,
      @JsonProperty("servers") @Nullable List<ServerSpec> servers,
      @JsonProperty("proxies") @Nullable List<ProxySpec> proxies,
      @JsonProperty("setup") @Nullable SetupSpec setup) {
    ClusterName cluster = new ClusterName(name == null ? "" : name);
    Policy standard = Policy.DEFAULT;
    return new ClusterSpec(
        cluster,
        policy(
            cluster,
            () ->
                new Policy(
                    orElse(masterFailureThreshold, standard.masterFailureThreshold()),
                    orElse(minFailoverInterval, standard.minFailoverInterval()),
                    orElse(maxFailoverLag, standard.maxFailoverLag()),
                    orElse(maxReaderLag, standard.maxReaderLag()),
                    orElse(replicaSuperReadOnly, standard.replicaSuperReadOnly()),
                    orElse(cloneBrokenReplicas, standard.cloneBrokenReplicas()),
                    orElse(writeProbe, standard.writeProbe()))),
        orElse(tls, MySqlTls.REQUIRED),
        orElse(servers, List.of()),
        orElse(proxies, List.of()),
        orElse(setup, SetupSpec.ALL));
  }

  private static <T> T orElse(@Nullable T value, T other) {
    return value == null ? other : value;
  }

  private static Policy policy(ClusterName cluster, Supplier<Policy> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("cluster %s: %s".formatted(cluster, e.getMessage()), e);
    }
  }

  /** {@link Policy#masterFailureThreshold()}. */
  @JsonProperty("master_failure_threshold")
  public int masterFailureThreshold() {
    return policy.masterFailureThreshold();
  }

  /** {@link Policy#minFailoverInterval()}. */
  @JsonProperty("min_failover_interval")
  public Duration minFailoverInterval() {
    return policy.minFailoverInterval();
  }

  /** {@link Policy#maxFailoverLag()}. */
  @JsonProperty("max_failover_lag")
  public Duration maxFailoverLag() {
    return policy.maxFailoverLag();
  }

  /** {@link Policy#maxReaderLag()}. */
  @JsonProperty("max_reader_lag")
  public Duration maxReaderLag() {
    return policy.maxReaderLag();
  }

  /** {@link Policy#replicaSuperReadOnly()}. */
  @JsonProperty("replica_super_read_only")
  public boolean replicaSuperReadOnly() {
    return policy.replicaSuperReadOnly();
  }

  /** {@link Policy#cloneBrokenReplicas()}. */
  @JsonProperty("clone_broken_replicas")
  public boolean cloneBrokenReplicas() {
    return policy.cloneBrokenReplicas();
  }

  /** {@link Policy#writeProbe()}. */
  @JsonProperty("write_probe")
  public WriteProbing writeProbe() {
    return policy.writeProbe();
  }

  public ClusterSpec withPolicy(Policy newPolicy) {
    return new ClusterSpec(name, newPolicy, tls, servers, proxies, setup);
  }

  public ClusterSpec withTls(MySqlTls newTls) {
    return new ClusterSpec(name, policy, newTls, servers, proxies, setup);
  }

  /** The server of that name, or empty if the operator has not listed it. */
  public Optional<ServerSpec> server(ServerId id) {
    return servers.stream().filter(server -> server.name().equals(id)).findFirst();
  }

  /** The names of all servers, in the operator's order. */
  public List<ServerId> serverIds() {
    return servers.stream().map(ServerSpec::name).toList();
  }

  private static <T, K> void requireUnique(
      ClusterName cluster, String what, List<T> items, Function<T, K> key) {
    Set<K> seen = new HashSet<>();
    for (T item : items) {
      K value = key.apply(item);
      if (!seen.add(value)) {
        throw new IllegalArgumentException(
            "cluster %s: %s %s is listed twice: give each its own".formatted(cluster, what, value));
      }
    }
  }
}
