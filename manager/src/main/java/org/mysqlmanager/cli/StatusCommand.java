package org.mysqlmanager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/**
 * {@code status}: asks a manager how its clusters are. Exit code 0: all are running; 1: one is not;
 * 2: that cannot be found out.
 */
public final class StatusCommand extends Command {
  static final int NOT_RUNNING = 1;
  static final int UNREACHABLE = 2;

  private static final String USUAL_URL = "http://127.0.0.1:8080";
  private static final List<String> LOOPBACK = List.of("127.0.0.1", "localhost", "[::1]");
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

  private final PrintStream out;
  private final PrintStream err;
  private final UnaryOperator<@Nullable String> environment;

  public StatusCommand(
      PrintStream out, PrintStream err, UnaryOperator<@Nullable String> environment) {
    super("status", "Shows how the clusters are; exit code 0 if all are running, 1 if not");
    this.out = out;
    this.err = err;
    this.environment = environment;
  }

  @Override
  public void configure(Subparser parser) {
    parser
        .addArgument("--url")
        .metavar("URL[,URL...]")
        .setDefault(USUAL_URL)
        .help("managers to ask, one after the other until one answers");
    ClientIdentity.addOptions(parser);
    parser
        .addArgument("--ca-file")
        .dest("ca_file")
        .metavar("PEM")
        .help("for https: trust certificates that are signed by this one, or are it");
    parser.addArgument("--cluster").metavar("NAME").help("this cluster only");
    parser
        .addArgument("--json")
        .action(Arguments.storeTrue())
        .help("print the manager's JSON instead of tables");
    parser
        .addArgument("--watch")
        .action(Arguments.storeTrue())
        .help("print again every %d s until Ctrl-C".formatted(WATCH_INTERVAL.toSeconds()));
  }

  @Override
  public void run(Bootstrap<?> bootstrap, Namespace namespace)
      throws CommandFailed, IOException, InterruptedException {
    ObjectMapper json = bootstrap.getObjectMapper();
    String cluster = namespace.getString("cluster");
    boolean asJson = Boolean.TRUE.equals(namespace.getBoolean("json"));
    Paint paint = Paint.forOutput(System.getenv());
    List<URI> managers = urls(namespace.getString("url"));
    ClientIdentity identity = ClientIdentity.of(namespace, environment);
    warnOfPlainConnections(managers, identity);
    String caFile = namespace.getString("ca_file");
    Optional<SSLContext> trusted =
        caFile == null ? Optional.empty() : Optional.of(TrustedCertificates.context(caFile));
    try (ManagerClient client = new ManagerClient(managers, json, identity, trusted)) {
      if (Boolean.TRUE.equals(namespace.getBoolean("watch"))) {
        watch(client, json, cluster, asJson, paint);
      }
      if (!print(client, json, cluster, asJson, paint)) {
        throw new CommandFailed(NOT_RUNNING, "");
      }
    }
  }

  private void warnOfPlainConnections(List<URI> managers, ClientIdentity identity) {
    for (URI manager : managers) {
      if (identity.authorization().isPresent()
          && manager.getScheme().equals("http")
          && !LOOPBACK.contains(manager.getHost())) {
        err.println(
            "warning: the password or token goes to %s unencrypted; https would hide it"
                .formatted(manager));
      }
    }
  }

  /** Ends with the process. */
  private void watch(
      ManagerClient client,
      ObjectMapper json,
      @Nullable String cluster,
      boolean asJson,
      Paint paint)
      throws IOException, InterruptedException {
    while (true) {
      out.print(paint == Paint.ANSI ? CLEAR_SCREEN : "");
      try {
        print(client, json, cluster, asJson, paint);
      } catch (CommandFailed e) {
        out.println(e.getMessage()); // the next attempt may succeed
      }
      out.println();
      Thread.sleep(WATCH_INTERVAL);
    }
  }

  @Override
  public void onError(Cli cli, Namespace namespace, Throwable failure) {
    Failures.print(failure, cli.getStdErr());
  }

  /** Whether all clusters that were asked for are running. */
  private boolean print(
      ManagerClient client,
      ObjectMapper json,
      @Nullable String cluster,
      boolean asJson,
      Paint paint)
      throws CommandFailed, IOException, InterruptedException {
    ManagerClient.Answer answer =
        client.ask(cluster == null ? "/clusters" : "/clusters/" + pathSegment(cluster));
    List<JsonNode> clusters = new ArrayList<>();
    if (cluster == null) {
      answer.body().path("clusters").forEach(clusters::add);
    } else {
      clusters.add(answer.body());
    }
    if (asJson) {
      out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(answer.body()));
    } else {
      printTables(client, answer.manager(), clusters, new StatusText(paint));
    }
    return !clusters.isEmpty()
        && clusters.stream().allMatch(one -> one.path("phase").asText().equals("running"));
  }

  private void printTables(
      ManagerClient client, URI manager, List<JsonNode> clusters, StatusText text)
      throws CommandFailed, InterruptedException {
    boolean isFirst = true;
    for (JsonNode one : clusters) {
      String name = pathSegment(one.path("name").asText());
      out.print(isFirst ? "" : System.lineSeparator());
      out.print(text.render(one, client.askOptional(manager, "/clusters/" + name + "/history")));
      isFirst = false;
    }
    if (clusters.isEmpty()) {
      out.println("No cluster is configured at " + manager + ".");
    }
  }

  /** A cluster's name needs no escapes; what does is no cluster's name. */
  private static String pathSegment(String name) throws CommandFailed {
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw new CommandFailed(
          UNREACHABLE,
          "There is no cluster of that name: names are of letters, digits, '.', '_' and '-'.");
    }
    return name;
  }

  private static List<URI> urls(String list) throws CommandFailed {
    List<URI> urls = new ArrayList<>();
    for (String text : list.split(",", -1)) {
      String url = text.strip();
      String complete = url.contains("://") ? url : "http://" + url;
      try {
        URI uri = URI.create(complete.endsWith("/") ? complete : complete + "/");
        if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
          throw new IllegalArgumentException("no host");
        }
        urls.add(uri);
      } catch (IllegalArgumentException e) {
        throw new CommandFailed(
            UNREACHABLE,
            "--url '%s' is no address: give one such as %s.".formatted(url, USUAL_URL));
      }
    }
    return urls;
  }
}
