package org.mysqlmanager.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.ProxyObservation;
import org.mysqlmanager.observe.ProxyObservation.Reachable;
import org.mysqlmanager.observe.ProxyObservation.Unreachable;
import org.mysqlmanager.reconcile.ClusterStatus;

/**
 * One proxy, as the answering manager sees it.
 *
 * @param status {@code up}, {@code down}, {@code not_initialised}, or {@code unknown} before the
 *     first look
 * @param writers servers that get writes now
 * @param readers servers that get reads now
 * @param persisted whether a restart of the proxy would bring back the same
 */
@JsonNaming(SnakeCaseStrategy.class)
record ProxyView(
    String name,
    String kind,
    String address,
    String status,
    @Nullable String reason,
    List<String> writers,
    List<String> readers,
    List<String> unknownBackends,
    @Nullable Boolean persisted,
    List<String> warnings) {
  static ProxyView of(ClusterStatus cluster, ProxySpec spec) {
    ProxyObservation seen =
        cluster.observation().map(look -> look.proxies().get(spec.name())).orElse(null);
    return switch (seen) {
      case null -> unseen(spec, "unknown", "not looked at yet");
      case Unreachable unreachable -> unseen(spec, "down", Views.orNull(unreachable.detail()));
      case Reachable reachable ->
          new ProxyView(
              spec.name().value(),
              kind(spec),
              spec.adminEndpoint().toString(),
              reachable.initialised() ? "up" : "not_initialised",
              null,
              names(reachable.writers()),
              names(reachable.readers()),
              List.copyOf(reachable.unknownBackends()),
              reachable.persisted(),
              reachable.warnings());
    };
  }

  private static ProxyView unseen(ProxySpec spec, String status, @Nullable String reason) {
    return new ProxyView(
        spec.name().value(),
        kind(spec),
        spec.adminEndpoint().toString(),
        status,
        reason,
        List.of(),
        List.of(),
        List.of(),
        null,
        List.of());
  }

  private static String kind(ProxySpec spec) {
    return spec.kind().name().toLowerCase(Locale.ROOT);
  }

  private static List<String> names(Set<ServerId> servers) {
    return servers.stream().map(ServerId::value).toList();
  }
}
