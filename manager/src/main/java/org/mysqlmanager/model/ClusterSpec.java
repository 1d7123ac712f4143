package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wants of one cluster. It holds no secret: it is kept in ZooKeeper in clear.
 *
 * @param masterFailureThreshold a source is failed over when it was found unreachable in more than
 *     this many checks in a row
 * @param maxReaderLag a replica further behind than this gets no reads through the proxies
 * @param replicaSuperReadOnly whether replicas have {@code super_read_only=1} too; the default is
 *     0, so that an administrator can still repair a replica
 * @param servers in order of preference: of fresh servers the first becomes the source
 */
public record ClusterSpec(
    ClusterName name,
    @JsonProperty("master_failure_threshold") int masterFailureThreshold,
    @JsonProperty("max_reader_lag") Duration maxReaderLag,
    @JsonProperty("replica_super_read_only") boolean replicaSuperReadOnly,
    List<ServerSpec> servers,
    List<ProxySpec> proxies,
    SetupSpec setup) {
  public static final int DEFAULT_MASTER_FAILURE_THRESHOLD = 3;
  public static final Duration DEFAULT_MAX_READER_LAG = Duration.ofSeconds(60);
  private static final int MOST_SERVERS = 16;

  public ClusterSpec {
    servers = List.copyOf(servers);
    proxies = List.copyOf(proxies);
    if (masterFailureThreshold < 0 || masterFailureThreshold > 10_000) {
      throw new IllegalArgumentException(
          "cluster %s: master_failure_threshold %d is out of range: 0 to 10000"
              .formatted(name, masterFailureThreshold));
    }
    if (maxReaderLag.isNegative() || maxReaderLag.isZero()) {
      throw new IllegalArgumentException(
          "cluster %s: max_reader_lag %s must be more than 0".formatted(name, maxReaderLag));
    }
    if (servers.isEmpty() || servers.size() > MOST_SERVERS) {
      throw new IllegalArgumentException(
          "cluster %s: servers lists %d: 1 to %d are possible"
              .formatted(name, servers.size(), MOST_SERVERS));
    }
    requireUnique(name, "server name", servers, ServerSpec::name);
    requireUnique(name, "server address", servers, ServerSpec::endpoint);
    requireUnique(name, "proxy name", proxies, ProxySpec::name);
    requireUnique(name, "proxy address", proxies, ProxySpec::adminEndpoint);
  }

  @JsonCreator
  static ClusterSpec of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("master_failure_threshold") @Nullable Integer masterFailureThreshold,
      @JsonProperty("max_reader_lag") @Nullable Duration maxReaderLag,
      @JsonProperty("replica_super_read_only") @Nullable Boolean replicaSuperReadOnly,
      @JsonProperty("servers") @Nullable List<ServerSpec> servers,
      @JsonProperty("proxies") @Nullable List<ProxySpec> proxies,
      @JsonProperty("setup") @Nullable SetupSpec setup) {
    return new ClusterSpec(
        new ClusterName(name == null ? "" : name),
        masterFailureThreshold == null ? DEFAULT_MASTER_FAILURE_THRESHOLD : masterFailureThreshold,
        maxReaderLag == null ? DEFAULT_MAX_READER_LAG : maxReaderLag,
        replicaSuperReadOnly != null && replicaSuperReadOnly,
        servers == null ? List.of() : servers,
        proxies == null ? List.of() : proxies,
        setup == null ? SetupSpec.ALL : setup);
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
