package org.mysqlmanager.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Environment;
import net.sourceforge.argparse4j.inf.Namespace;
import org.mysqlmanager.config.ManagerConfiguration;
import org.slf4j.LoggerFactory;

/** Dropwizard's {@code server}, failing with a sentence. */
public final class RunServerCommand extends ServerCommand<ManagerConfiguration> {
  public RunServerCommand(Application<ManagerConfiguration> application) {
    super(application, "server", "Runs this manager until it is told to stop");
  }

  @Override
  protected void run(
      Environment environment, Namespace namespace, ManagerConfiguration configuration)
      throws Exception {
    // It logs a failure's stack trace and throws it too; what is thrown is told by onError.
    if (LoggerFactory.getLogger(ServerCommand.class) instanceof Logger logger) {
      logger.setLevel(Level.OFF);
    }
    super.run(environment, namespace, configuration);
  }

  @Override
  public void onError(Cli cli, Namespace namespace, Throwable failure) {
    Failures.print(failure, cli.getStdErr());
  }
}
