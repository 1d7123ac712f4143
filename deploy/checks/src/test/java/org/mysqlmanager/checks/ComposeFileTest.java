package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class ComposeFileTest {
  /** Run once and end. */
  private static final Pattern ONCE = Pattern.compile("setup-.*");

  private static final Pattern ENVIRONMENT_LINE = Pattern.compile("#?([A-Z0-9_]+)=.*");

  private static final JsonNode COMPOSE = compose();

  /** With aliases and merged maps resolved, which Jackson does not do. */
  private static JsonNode compose() {
    Object tree =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Project.text("docker-compose.yml"));
    return Project.YAML.valueToTree(tree);
  }

  private static Map<String, JsonNode> services() {
    Map<String, JsonNode> services = new TreeMap<>();
    COMPOSE
        .path("services")
        .properties()
        .forEach(entry -> services.put(entry.getKey(), entry.getValue()));
    assertTrue(services.size() >= 8, services.keySet().toString());
    return services;
  }

  @Test
  void nothingIsPublishedBeyondTheLoopback() {
    int published = 0;
    for (Map.Entry<String, JsonNode> service : services().entrySet()) {
      for (JsonNode port : service.getValue().path("ports")) {
        assertTrue(port.asText().startsWith("127.0.0.1:"), service.getKey() + " " + port);
        published++;
      }
      assertFalse(service.getValue().path("network_mode").asText().equals("host"));
    }
    assertTrue(published > 5);
  }

  @Test
  void everyFileThatIsMountedExistsAndEveryVolumeIsDeclared() {
    Set<String> volumes = names(COMPOSE.path("volumes"));
    for (Map.Entry<String, JsonNode> service : services().entrySet()) {
      for (JsonNode mount : service.getValue().path("volumes")) {
        String source = mount.asText().split(":")[0];
        if (source.startsWith(".") || source.startsWith("/")) {
          assertTrue(source.startsWith("./"), service.getKey() + " mounts " + source);
          assertTrue(Files.exists(Project.path(source.substring(2))), source);
          assertTrue(mount.asText().endsWith(":ro"), mount.asText());
        } else {
          assertTrue(volumes.contains(source), source);
        }
      }
    }
  }

  @Test
  void everyVariableIsInTheExampleOfTheEnvironment() {
    Set<String> example = new TreeSet<>();
    Project.text(".env.example")
        .lines()
        .map(ENVIRONMENT_LINE::matcher)
        .filter(line -> line.matches())
        .forEach(line -> example.add(line.group(1)));
    Set<String> used =
        Project.variables(
            Project.text("docker-compose.yml")
                .lines()
                .filter(line -> !line.strip().startsWith("#"))
                .toList());
    // Labels of the image, which a build is given.
    used.removeAll(Set.of("VERSION", "REVISION", "CREATED", "SOURCE"));
    used.removeAll(example);
    assertEquals(Set.of(), used, ".env.example does not have these");
  }

  @Test
  void everyServiceThatStaysIsWatchedAndStartedAgain() {
    for (Map.Entry<String, JsonNode> service : services().entrySet()) {
      if (!ONCE.matcher(service.getKey()).matches()) {
        String restart = service.getValue().path("restart").asText();
        assertTrue(Set.of("always", "unless-stopped").contains(restart), service.getKey());
        boolean fromTheImage =
            service.getValue().path("image").asText().startsWith("mysql-manager")
                && !ImageFile.shipped().words("HEALTHCHECK").isEmpty();
        assertTrue(
            service.getValue().path("healthcheck").has("test") || fromTheImage, service.getKey());
        assertTrue(service.getValue().has("mem_limit"), service.getKey());
      }
    }
  }

  @Test
  void noPasswordIsInAnEnvironmentOrOnACommandLine() {
    for (Map.Entry<String, JsonNode> service : services().entrySet()) {
      for (JsonNode part :
          List.of(
              service.getValue().path("environment"),
              service.getValue().path("command"),
              service.getValue().path("healthcheck"))) {
        assertFalse(part.toString().matches("(?s).*\\$\\{?[A-Z_]*PASSWORD.*"), service.getKey());
      }
      if (service.getValue().path("environment") instanceof ObjectNode variables) {
        variables
            .properties()
            .forEach(variable ->
                assertFalse(variable.getKey().endsWith("_PASSWORD"), variable.getKey()));
      }
    }
  }

  @Test
  void noContainerHasMoreRightsThanOthers() {
    for (Map.Entry<String, JsonNode> service : services().entrySet()) {
      assertFalse(service.getValue().path("privileged").asBoolean(), service.getKey());
      assertFalse(service.getValue().toString().contains("docker.sock"), service.getKey());
    }
  }

  @Test
  void theManagersAreGivenWhatTheConfigurationKnows() {
    Set<String> known = Project.configurationVariables();
    services()
        .forEach((name, service) -> {
          if (name.startsWith("manager-")) {
            Set<String> given = names(service.path("environment"));
            given.removeAll(known);
            assertEquals(Set.of(), given, name);
            assertEquals(name, service.at("/environment/MANAGER_ID").asText());
            for (JsonNode port : service.path("ports")) {
              String inside = port.asText().replaceAll(".*:", "");
              assertTrue(ImageFile.shipped().words("EXPOSE").contains(inside), inside);
            }
            assertTrue(
                StreamSupport.stream(service.path("volumes").spliterator(), false)
                    .anyMatch(
                        mount -> mount.asText().endsWith(":" + ImageFile.shipped().only("VOLUME"))),
                name + " keeps its saved transactions");
          }
        });
  }

  /** Otherwise it tries ten times within a moment, and a name that leads nowhere is an answer. */
  @Test
  void proxysqlWaitsForAServerWithoutANameAsLongAsForNone() {
    assertTrue(
        proxysql("connect_retries_on_failure") * proxysql("connect_retries_delay")
            >= proxysql("connect_timeout_server_max"));
  }

  private static long proxysql(String variable) {
    Matcher setting =
        Pattern.compile("(?m)^ *" + variable + "=([0-9]+)$")
            .matcher(Project.text("deploy/compose/proxysql.cnf"));
    assertTrue(setting.find(), variable);
    return Long.parseLong(setting.group(1));
  }

  @Test
  void prometheusHasTheRules() {
    String mounts = services().get("prometheus").path("volumes").toString();
    assertTrue(mounts.contains("./deploy/prometheus/prometheus.yml:"));
    assertTrue(mounts.contains("./deploy/prometheus/alerts.yml:/etc/prometheus/rules/"), mounts);
  }

  private static Set<String> names(JsonNode map) {
    Set<String> names = new TreeSet<>();
    map.properties().forEach(entry -> names.add(entry.getKey()));
    return names;
  }
}
