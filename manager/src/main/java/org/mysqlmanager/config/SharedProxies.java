package org.mysqlmanager.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxySpec;

/**
 * Clusters behind the same ProxySQL, each with hostgroups of its own. There ProxySQL knows a user
 * by name only, with one hostgroup to send him to, and has one monitor account for all servers: two
 * clusters that want either otherwise would undo each other for ever, and one's writes would go to
 * the other.
 */
final class SharedProxies {
  private SharedProxies() {}

  /**
   * @param credentials complete, of each of the clusters
   * @throws IllegalArgumentException with the sentence for the user
   */
  static void requireCompatible(
      List<ClusterSpec> clusters, Map<ClusterName, Credentials> credentials) {
    Map<Endpoint, Map<ClusterName, Credentials>> users = new LinkedHashMap<>();
    for (ClusterSpec cluster : clusters) {
      for (ProxySpec proxy : cluster.proxies()) {
        if (proxy.kind() == ProxyKind.PROXYSQL) {
          Credentials own = Objects.requireNonNull(credentials.get(cluster.name()));
          Map<ClusterName, Credentials> others =
              users.computeIfAbsent(proxy.adminEndpoint(), _ -> new LinkedHashMap<>());
          others.forEach((other, theirs) ->
              requireCompatible(
                  "clusters %s and %s share the ProxySQL at %s"
                      .formatted(other, cluster.name(), proxy.adminEndpoint()),
                  theirs,
                  own));
          others.put(cluster.name(), own);
        }
      }
    }
  }

  private static void requireCompatible(String sharing, Credentials one, Credentials other) {
    String user = other.application().map(Account::user).orElse("");
    if (one.application().filter(account -> account.user().equals(user)).isPresent()) {
      throw new IllegalArgumentException(
          "%s, and credentials.application.user is '%s' in both: ProxySQL sends a user to one cluster only; give one of them credentials of its own with another application user, or each a ProxySQL of its own"
              .formatted(sharing, user));
    }
    if (!one.monitor().equals(other.monitor())) {
      throw new IllegalArgumentException(
          "%s, and their credentials.monitor differ: ProxySQL has one monitor account for all servers; give both the same user and password, or each a ProxySQL of its own"
              .formatted(sharing));
    }
  }
}
