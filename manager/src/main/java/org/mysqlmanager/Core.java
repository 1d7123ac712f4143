package org.mysqlmanager;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.lifecycle.Managed;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.config.Secret;
import org.mysqlmanager.config.ZooKeeperSettings;
import org.mysqlmanager.decide.Decider;
import org.mysqlmanager.reconcile.Connector;
import org.mysqlmanager.reconcile.JdkThreads;
import org.mysqlmanager.reconcile.ManagerStatus;
import org.mysqlmanager.reconcile.Parts;
import org.mysqlmanager.reconcile.Reconciler;
import org.mysqlmanager.reconcile.StepListener;
import org.mysqlmanager.reconcile.TransactionArchive;
import org.mysqlmanager.store.FileTransactionArchive;
import org.mysqlmanager.store.StateJson;
import org.mysqlmanager.store.ZooKeeperLeadership;
import org.mysqlmanager.store.ZooKeeperStateStore;
import org.mysqlmanager.zk.EphemeralRegistry;
import org.mysqlmanager.zk.FencedStore;
import org.mysqlmanager.zk.LeaderElection;
import org.mysqlmanager.zk.ZkAuthentication;
import org.mysqlmanager.zk.ZkClient;
import org.mysqlmanager.zk.ZkSecurity;
import org.mysqlmanager.zk.ZkSettings;
import org.mysqlmanager.zk.ZkTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything of a manager but its HTTP side: the connection to ZooKeeper, the election, the loops.
 */
final class Core implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(Core.class);

  /** How this manager is entered under {@code managers} in ZooKeeper. */
  private record Registration(
      String id,
      String host,
      @JsonProperty("port") int port,
      @JsonProperty("admin_port") int adminPort,
      String version,
      Instant since) {}

  private final ManagerConfiguration configuration;
  private final ZkClient zooKeeper;
  private final LeaderElection election;
  private final EphemeralRegistry ephemerals;
  private final Reconciler reconciler;
  private final Clock clock = Clock.systemUTC();

  /**
   * Begins to connect to ZooKeeper, and nothing else.
   *
   * @throws ZkTls.UnusableException when the files for TLS to ZooKeeper do not hold what they
   *     should
   */
  Core(ManagerConfiguration configuration, StepListener steps) {
    this.configuration = configuration;
    String id = configuration.manager().id();
    this.zooKeeper = ZkClient.start(settings(configuration.zookeeper()));
    this.ephemerals = EphemeralRegistry.start(zooKeeper);
    this.election = LeaderElection.prepare(zooKeeper, id, clock);
    TransactionArchive archive =
        new FileTransactionArchive(configuration.errantTransactionsDirectory(), id, clock);
    Connector connector = new Adapters(configuration);
    this.reconciler =
        new Reconciler(
            id,
            configuration.clusters(),
            new Parts(
                clock,
                new JdkThreads(),
                configuration.reconcile().checkInterval(),
                configuration.reconcile().observeTimeout(),
                new ZooKeeperLeadership(zooKeeper, election),
                new ZooKeeperStateStore(new FencedStore(zooKeeper), election, ephemerals, id),
                connector,
                archive,
                Decider::decide,
                steps));
  }

  ManagerStatus status() {
    return reconciler;
  }

  /**
   * By now the HTTP ports are taken: a manager that cannot have them does not lead for a moment.
   */
  @Override
  public void start() {
    String id = configuration.manager().id();
    ephemerals.put(ZooKeeperStateStore.MANAGERS + "/" + id, StateJson.write(registration(id)));
    election.start();
    reconciler.start();
  }

  /** Finishes the step that may be under way, then hands leadership over at once. */
  @Override
  public void stop() throws InterruptedException {
    long patience = configuration.reconcile().commandTimeout().toMillis() * 2;
    try {
      if (!reconciler.stop(patience, TimeUnit.MILLISECONDS)) {
        LOG.warn(
            "A step did not end within {} ms; leadership is handed over all the same", patience);
      }
    } finally {
      leave();
    }
  }

  /** Whatever goes wrong with one of them: a session that stays keeps the others waiting. */
  private void leave() {
    try {
      election.close();
    } finally {
      try {
        ephemerals.close();
      } finally {
        zooKeeper.close();
      }
    }
  }

  private static ZkSettings settings(ZooKeeperSettings from) {
    ZkAuthentication authentication =
        from.account()
            .<ZkAuthentication>map(account ->
                new ZkAuthentication.Digest(
                    account.user(),
                    account.password().reveal(),
                    account.previousPassword().map(Secret::reveal)))
            .orElseGet(ZkAuthentication.None::new);
    return new ZkSettings(
        from.connect(),
        from.root(),
        from.sessionTimeout(),
        from.connectTimeout(),
        new ZkSecurity(
            authentication,
            from.tls()
                .map(tls ->
                    new ZkTls(
                        tls.caFile(),
                        tls.client()
                            .map(own ->
                                new ZkTls.ClientCertificate(
                                    own.certificateFile(), own.keyFile())))),
            ZooKeeperStateStore.ROOT_NODES));
  }

  private Registration registration(String id) {
    ServerFactory server = configuration.getServerFactory();
    int port = 0;
    int adminPort = 0;
    if (server instanceof DefaultServerFactory http) {
      port = firstPort(http.getApplicationConnectors());
      adminPort = firstPort(http.getAdminConnectors());
    }
    String version = Core.class.getPackage().getImplementationVersion();
    return new Registration(
        id,
        configuration.manager().host(),
        port,
        adminPort,
        version == null ? "development" : version,
        clock.instant());
  }

  private static int firstPort(List<ConnectorFactory> connectors) {
    return connectors.stream()
        .filter(HttpConnectorFactory.class::isInstance)
        .map(HttpConnectorFactory.class::cast)
        .map(HttpConnectorFactory::getPort)
        .findFirst()
        .orElse(0);
  }
}
