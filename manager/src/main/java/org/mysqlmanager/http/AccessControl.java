package org.mysqlmanager.http;

import io.dropwizard.core.setup.Environment;
import java.security.SecureRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.mysqlmanager.access.AccessLimits;
import org.mysqlmanager.access.AccessRules;
import org.mysqlmanager.access.Endpoints;
import org.mysqlmanager.access.Gate;
import org.mysqlmanager.access.RefusalListener;
import org.mysqlmanager.access.Role;

/** Puts one gate before both ports, guards their connections, and keeps headers out of the log. */
public final class AccessControl {
  private AccessControl() {}

  /** To be called when the logging has been configured, and before the server starts. */
  public static void install(Environment environment, AccessRules rules, RefusalListener refusals) {
    HeadersUnlogged.install();
    Gate gate = new Gate(rules, new SecureRandom(), System::nanoTime);
    RefusalListener all = new RefusalLog(System::nanoTime).and(refusals);
    environment
        .getApplicationContext()
        .insertHandler(new AccessHandler(Endpoints.APPLICATION, gate, all));
    environment.getAdminContext().insertHandler(new AccessHandler(Endpoints.ADMIN, gate, all));
    environment.lifecycle().addEventListener(new Guarding(rules.limits()));
  }

  /** In a sentence, for the log. */
  public static String describe(AccessRules rules) {
    return "Reading over HTTP is anonymous: %s. Viewers: %s. Operators: %s."
        .formatted(
            rules.anonymousReading(), names(rules, Role.VIEWER), names(rules, Role.OPERATOR));
  }

  private static String names(AccessRules rules, Role role) {
    String names =
        Stream.concat(
                rules.users().stream().filter(user -> user.role() == role).map(user -> user.name()),
                rules.tokens().stream()
                    .filter(token -> token.role() == role)
                    .map(token -> token.name() + " (token)"))
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : names;
  }

  /** By the time a server starts it has its connectors, and none of them listens yet. */
  private record Guarding(AccessLimits limits) implements LifeCycle.Listener {
    @Override
    public void lifeCycleStarting(LifeCycle event) {
      if (event instanceof Server server) {
        server.setErrorHandler(new ErrorSentences());
        for (Connector connector : server.getConnectors()) {
          if (connector instanceof AbstractConnector guarded) {
            ConnectionGuard.protect(guarded, limits);
          }
        }
      }
    }
  }
}
