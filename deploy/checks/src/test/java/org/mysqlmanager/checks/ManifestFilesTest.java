package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files as they are written, without kustomize. */
class ManifestFilesTest {
  private static final String FOLDER = "deploy/kubernetes/";

  @ParameterizedTest
  @ValueSource(strings = {"base", "example"})
  void everyFieldIsOneThatKubernetesKnows(String folder) throws IOException {
    List<String> files =
        files(folder).stream()
            .filter(file -> file.endsWith(".yaml") && !file.equals("kustomization.yaml"))
            .toList();
    assertTrue(files.size() >= 5, files.toString());
    for (String file : files) {
      String name = FOLDER + folder + "/" + file;
      assertDoesNotThrow(() -> Manifests.parse(Project.text(name)), name);
    }
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsRefused() {
    String misspelt =
        Project.text(FOLDER + "base/managers.yaml").replace("readinessProbe:", "readynessProbe:");
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Manifests.parse(misspelt));
    assertTrue(String.valueOf(refused.getMessage()).contains("readynessProbe"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "example"})
  void everyFileIsUsed(String folder) throws IOException {
    JsonNode kustomization = Project.yaml(FOLDER + folder + "/kustomization.yaml");
    Set<String> used = new TreeSet<>(Set.of("kustomization.yaml"));
    kustomization.path("resources").forEach(resource -> used.add(resource.asText()));
    kustomization.path("patches").forEach(patch -> used.add(patch.path("path").asText()));
    for (JsonNode generator : kustomization.path("configMapGenerator")) {
      generator.path("files").forEach(file -> used.add(file.asText()));
    }
    for (String file : files(folder)) {
      assertTrue(used.contains(file), folder + "/" + file + " is in no list of kustomization.yaml");
    }
  }

  @Test
  void theBasesConfigurationIsTheShippedOne() {
    assertEquals(
        Project.text("dropwizard-config.yml"),
        Project.text(FOLDER + "base/dropwizard-config.yml"),
        "cp dropwizard-config.yml deploy/kubernetes/base/");
  }

  @Test
  void theBaseHoldsNoSecret() {
    assertFalse(Project.yaml(FOLDER + "base/kustomization.yaml").has("secretGenerator"));
    assertTrue(files("base", Secret.class).isEmpty());
  }

  @Test
  void theExamplesSecretsArePlaceholders() {
    for (JsonNode generator :
        Project.yaml(FOLDER + "example/kustomization.yaml").path("secretGenerator")) {
      for (JsonNode literal : generator.path("literals")) {
        assertTrue(literal.asText().matches("[a-z-]+=CHANGE-ME-[a-z-]+"), literal.asText());
      }
    }
  }

  /** Everybody on a machine can read arguments. */
  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/security.md", "docs/runbook.md", FOLDER + "README.md"})
  void noDocumentGivesCurlAPasswordAsAnArgument(String file) {
    assertFalse(Pattern.compile("curl .*-u '?[a-z]+:").matcher(Project.text(file)).find(), file);
  }

  @Test
  void theScrapeForTheOperatorFindsTheManagers() {
    JsonNode monitor = Project.yaml(FOLDER + "service-monitor.yaml");
    Map<String, String> labels =
        Project.YAML.convertValue(
            monitor.at("/spec/selector/matchLabels"),
            Project.YAML.getTypeFactory().constructMapType(Map.class, String.class, String.class));
    List<Service> found =
        files("base", Service.class).stream()
            .filter(service ->
                service.getMetadata().getLabels().entrySet().containsAll(labels.entrySet()))
            .toList();
    assertEquals(1, found.size());
    assertTrue(found.getFirst().getSpec().getPublishNotReadyAddresses());
    assertEquals(
        found.getFirst().getSpec().getPorts().getFirst().getName(),
        monitor.at("/spec/endpoints/0/port").asText());
    String account = monitor.at("/spec/endpoints/0/basicAuth/password/name").asText();
    assertTrue(
        Project.text(FOLDER + "service-monitor.yaml")
            .contains("kubectl create secret generic " + account + " "),
        "nothing else makes the secret " + account);
    // The rules group by job.
    assertEquals(
        "mysql-manager",
        found.getFirst().getMetadata().getLabels().get(monitor.at("/spec/jobLabel").asText()));
  }

  private static <T extends HasMetadata> List<T> files(String folder, Class<T> type) {
    return assertDoesNotThrow(() -> files(folder)).stream()
        .filter(file -> file.endsWith(".yaml") && !file.equals("kustomization.yaml"))
        .flatMap(
            file -> Manifests.parse(Project.text(FOLDER + folder + "/" + file)).of(type).stream())
        .toList();
  }

  private static List<String> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Project.path(FOLDER + folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
