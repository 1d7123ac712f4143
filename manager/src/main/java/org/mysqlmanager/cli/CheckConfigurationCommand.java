package org.mysqlmanager.cli;

import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import java.io.PrintStream;
import net.sourceforge.argparse4j.inf.Namespace;
import org.mysqlmanager.config.ManagerConfiguration;
import org.mysqlmanager.model.ClusterSpec;

/** Dropwizard's {@code check}: says that the configuration is in order, or what is not. */
public final class CheckConfigurationCommand extends CheckCommand<ManagerConfiguration> {
  private final PrintStream out;
  private final PrintStream err;

  public CheckConfigurationCommand(
      Application<ManagerConfiguration> application, PrintStream out, PrintStream err) {
    super(application);
    this.out = out;
    this.err = err;
  }

  @Override
  protected void run(
      Bootstrap<ManagerConfiguration> bootstrap,
      Namespace namespace,
      ManagerConfiguration configuration) {
    configuration.warnings().forEach(warning -> err.println("warning: " + warning));
    out.println("%s is in order.".formatted(namespace.getString("file")));
    for (ClusterSpec cluster : configuration.clusters()) {
      out.println(
          "  cluster %s: %s, %s"
              .formatted(
                  cluster.name(),
                  count(cluster.servers().size(), "server", "servers"),
                  count(cluster.proxies().size(), "proxy", "proxies")));
    }
  }

  @Override
  public void onError(Cli cli, Namespace namespace, Throwable failure) {
    Failures.print(failure, cli.getStdErr());
  }

  private static String count(int number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
