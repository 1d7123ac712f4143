package org.mysqlmanager;

import io.dropwizard.core.Application;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.AdminEnvironment;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.security.Security;
import java.time.Clock;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.mysqlmanager.cli.CheckConfigurationCommand;
import org.mysqlmanager.cli.CommandFailed;
import org.mysqlmanager.cli.Failures;
import org.mysqlmanager.cli.HashPasswordCommand;
import org.mysqlmanager.cli.MakeTokenCommand;
import org.mysqlmanager.cli.RunServerCommand;
import org.mysqlmanager.cli.StatusCommand;
import org.mysqlmanager.config.ConfigurationReader;
import org.mysqlmanager.config.DurationText;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.http.AccessControl;
import org.mysqlmanager.http.ClusterHealth;
import org.mysqlmanager.http.ClustersResource;
import org.mysqlmanager.http.ErrorMapper;
import org.mysqlmanager.http.IndexResource;
import org.mysqlmanager.http.LeadershipHealth;
import org.mysqlmanager.http.LogLevelTask;
import org.mysqlmanager.http.ReadyServlet;
import org.mysqlmanager.http.ReconcileTask;
import org.mysqlmanager.http.ResignTask;
import org.mysqlmanager.http.StrictTaskServlet;
import org.mysqlmanager.http.TaskErrors;
import org.mysqlmanager.http.ZooKeeperHealth;
import org.mysqlmanager.metrics.ManagerMetrics;
import org.mysqlmanager.metrics.MetricsResource;
import org.mysqlmanager.metrics.ProcessMetrics;
import org.mysqlmanager.metrics.RefusalMetrics;
import org.mysqlmanager.metrics.StepMetrics;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.reconcile.ManagerStatus;
import org.mysqlmanager.reconcile.StepListener;
import org.mysqlmanager.zk.ZkTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: the only place where its parts are wired together. */
public class ManagerApplication extends Application<ManagerConfiguration> {
  private static final Logger LOG = LoggerFactory.getLogger(ManagerApplication.class);

  /** Runs a command; the process ends with it, unless it is {@code server}. */
  public static void main(String... arguments) throws Exception {
    limitNameCache();
    new ManagerApplication().run(arguments);
  }

  /**
   * In seconds. A server or proxy that is started again may have another address, and the JVM would
   * go on with the old one for half a minute. But a name service that fails together with a source
   * must not stand in the way of the failover, whose connections are opened only then: for a minute
   * its last answers count. A connection for changes makes sure that it leads to the same server.
   */
  static void limitNameCache() {
    Security.setProperty("networkaddress.cache.ttl", "5");
    Security.setProperty("networkaddress.cache.stale.ttl", "60");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
  }

  @Override
  public String getName() {
    return "mysql-manager";
  }

  @Override
  protected void addDefaultCommands(Bootstrap<ManagerConfiguration> bootstrap) {
    bootstrap.addCommand(new RunServerCommand(this));
    bootstrap.addCommand(new CheckConfigurationCommand(this, System.out, System.err));
    bootstrap.addCommand(new StatusCommand(System.out, System.err, System::getenv));
    bootstrap.addCommand(new HashPasswordCommand(System.in, System.out, System.err));
    bootstrap.addCommand(new MakeTokenCommand(System.out));
  }

  @Override
  public void initialize(Bootstrap<ManagerConfiguration> bootstrap) {
    bootstrap.setConfigurationFactoryFactory((type, validator, json, prefix) ->
        new ConfigurationReader(validator, json, prefix, System::getenv));
  }

  @Override
  public void run(ManagerConfiguration configuration, Environment environment)
      throws CommandFailed {
    configuration.warnings().forEach(LOG::warn);
    PrometheusRegistry registry = new PrometheusRegistry();
    ManagerStatus manager = wire(configuration, environment, new StepMetrics(registry));
    registry.register(new ManagerMetrics(manager, Clock.systemUTC()));
    registry.register(new ProcessMetrics());

    if (configuration.getServerFactory() instanceof AbstractServerFactory server) {
      server.setRegisterDefaultExceptionMappers(false); // ErrorMapper takes every error
    }
    JerseyEnvironment jersey = environment.jersey();
    jersey.register(new ErrorMapper());
    jersey.register(new IndexResource(manager));
    jersey.register(new ClustersResource(manager));
    jersey.register(new MetricsResource(manager, registry));

    AdminEnvironment admin = environment.admin();
    admin.addTask(new ReconcileTask(manager));
    admin.addTask(new ResignTask(manager));
    LogLevelTask logLevel =
        new LogLevelTask(
            environment.lifecycle().scheduledExecutorService("log-level").threads(1).build());
    admin.addTask(logLevel);
    admin
        .addFilter("task-errors", new TaskErrors())
        .addMappingForUrlPatterns(null, false, "/tasks/*");
    admin.addServlet("log-level", new StrictTaskServlet(logLevel)).addMapping("/tasks/log-level");
    admin.addServlet("ready", new ReadyServlet(manager)).addMapping("/ready");
    environment.healthChecks().register("zookeeper", new ZooKeeperHealth(manager));
    environment.healthChecks().register("leadership", new LeadershipHealth(manager));
    for (ClusterSpec cluster : configuration.clusters()) {
      environment
          .healthChecks()
          .register("cluster-" + cluster.name(), new ClusterHealth(manager, cluster.name()));
    }
    AccessControl.install(environment, configuration.access(), new RefusalMetrics(registry));
    environment.lifecycle().addServerLifecycleListener(ManagerApplication::logAddresses);
    LOG.info(AccessControl.describe(configuration.access()));
    LOG.info(
        "Manager {} is starting: {} cluster(s), checked every {}, ZooKeeper at {}{}.",
        configuration.manager().id(),
        configuration.clusters().size(),
        DurationText.print(configuration.reconcile().checkInterval()),
        configuration.zookeeper().connect(),
        configuration.zookeeper().root());
  }

  /**
   * Makes the core: leadership, store, adapters and the loops. They start with the server, and are
   * stopped before it ends.
   *
   * @throws CommandFailed if something they need is not as it should be
   */
  protected ManagerStatus wire(
      ManagerConfiguration configuration, Environment environment, StepListener steps)
      throws CommandFailed {
    Core core;
    try {
      core = new Core(configuration, steps);
    } catch (ZkTls.UnusableException e) {
      throw new CommandFailed(1, String.valueOf(e.getMessage()));
    }
    environment.lifecycle().manage(core);
    return core.status();
  }

  private static void logAddresses(Server server) {
    for (Connector connector : server.getConnectors()) {
      if (connector instanceof ServerConnector listening) {
        LOG.info(
            "The {} port is {} on {}.",
            listening.getName(),
            listening.getLocalPort(),
            listening.getHost() == null ? "all interfaces" : listening.getHost());
      }
    }
  }

  @Override
  protected void onFatalError(Throwable failure) {
    System.exit(Failures.exitCode(failure));
  }
}
