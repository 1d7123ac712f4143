package org.mysqlmanager;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mysqlmanager.config.Account;
import org.mysqlmanager.config.Credentials;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.haproxy.HaProxy;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.mysql.ConnectorJServer;
import org.mysqlmanager.mysql.MySqlAccounts;
import org.mysqlmanager.mysql.MySqlTimeouts;
import org.mysqlmanager.proxysql.ProxySql;
import org.mysqlmanager.reconcile.Connector;
import org.mysqlmanager.reconcile.MySqlServer;
import org.mysqlmanager.reconcile.Proxy;

/** Makes adapters with the configured accounts and time limits. */
final class Adapters implements Connector {
  /** Stands where an account is not configured; neither adapter takes an empty name. */
  private static final String NOBODY = "(not configured)";

  private final ManagerConfiguration configuration;

  Adapters(ManagerConfiguration configuration) {
    this.configuration = configuration;
  }

  @Override
  public MySqlServer server(ClusterSpec cluster, ServerSpec server) {
    Credentials credentials = configuration.credentials(cluster.name());
    Duration observe = configuration.reconcile().observeTimeout();
    return new ConnectorJServer(
        server.name(),
        server.endpoint(),
        server.adminEndpoint(),
        new MySqlAccounts(
            mysql(credentials.manager()),
            mysql(credentials.replication()),
            mysql(credentials.monitor()),
            mysql(credentials.application())),
        new MySqlTimeouts(observe, observe, configuration.reconcile().commandTimeout()),
        cluster.setup(),
        cluster.writeProbe(),
        cluster.tls());
  }

  @Override
  public Proxy proxy(ClusterSpec cluster, ProxySpec proxy) {
    Map<ServerId, Endpoint> servers =
        cluster.servers().stream()
            .collect(Collectors.toUnmodifiableMap(ServerSpec::name, ServerSpec::endpoint));
    Duration observe = configuration.reconcile().observeTimeout();
    Duration command = configuration.reconcile().commandTimeout();
    return switch (proxy.kind()) {
      case HAPROXY -> new HaProxy(proxy, servers, observe, command);
      case PROXYSQL -> {
        Credentials credentials = configuration.credentials(cluster.name());
        yield new ProxySql(
            proxy,
            servers,
            cluster.tls().mode(),
            proxysql(credentials.proxyAdmin()),
            proxysql(credentials.monitor()),
            credentials.application().map(Adapters::proxysql).map(List::of).orElse(List.of()),
            observe,
            command);
      }
    };
  }

  /**
   * An account that is not configured is one that nothing asks for: the configuration checks that.
   */
  private static org.mysqlmanager.mysql.Account mysql(Optional<Account> account) {
    return account
        .map(Adapters::mysql)
        .orElseGet(() -> new org.mysqlmanager.mysql.Account(NOBODY, ""));
  }

  private static org.mysqlmanager.mysql.Account mysql(Account account) {
    return new org.mysqlmanager.mysql.Account(account.user(), account.password().reveal());
  }

  private static org.mysqlmanager.proxysql.Account proxysql(Optional<Account> account) {
    return account
        .map(Adapters::proxysql)
        .orElseGet(() -> new org.mysqlmanager.proxysql.Account(NOBODY, ""));
  }

  private static org.mysqlmanager.proxysql.Account proxysql(Account account) {
    return new org.mysqlmanager.proxysql.Account(account.user(), account.password().reveal());
  }
}
