package org.mysqlmanager.checks;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mysqlmanager.local.install.CheckingTool;
import org.mysqlmanager.local.process.Command;

/** Manifests, read as what Kubernetes takes them for: a field that it does not know is refused. */
record Manifests(List<HasMetadata> all) {
  private static final Map<String, Class<? extends HasMetadata>> TYPES =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/Namespace", Namespace.class),
          Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
          Map.entry("v1/Secret", Secret.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("apps/v1/Deployment", Deployment.class),
          Map.entry("apps/v1/StatefulSet", StatefulSet.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class));

  /** The models keep what they do not know in an "any setter"; without it, that is an error. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  Manifests {
    all = List.copyOf(all);
  }

  /** Workloads with their pods. */
  record Workload(HasMetadata resource, PodTemplateSpec pods, Map<String, String> selector) {
    String name() {
      return resource.getKind() + " " + resource.getMetadata().getName();
    }
  }

  /**
   * Reads YAML of any number of documents.
   *
   * @throws IllegalArgumentException when a kind is none of those used here, or a field is unknown
   */
  static Manifests parse(String yaml) {
    return new Manifests(Project.documents(yaml).stream().map(Manifests::parse).toList());
  }

  private static HasMetadata parse(JsonNode document) {
    String type = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
    Class<? extends HasMetadata> known = TYPES.get(type);
    if (known == null) {
      throw new IllegalArgumentException(type + " is no kind that is used here");
    }
    try {
      return STRICT.treeToValue(document, known);
    } catch (IOException e) {
      throw new IllegalArgumentException(type + ": " + e.getMessage(), e);
    }
  }

  /** What kustomize makes of a folder; the test is skipped where there is no kustomize. */
  static Manifests built(String folder) {
    Command.Result result =
        Project.tool(CheckingTool.Kind.KUSTOMIZE).run("build", Project.path(folder).toString());
    if (!result.succeeded()) {
      throw new UncheckedIOException(new IOException(result.output()));
    }
    return parse(result.output());
  }

  <T extends HasMetadata> List<T> of(Class<T> type) {
    return all.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends HasMetadata> T one(Class<T> type, String name) {
    return of(type).stream()
        .filter(resource -> resource.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("there is no %s %s".formatted(type.getSimpleName(), name)));
  }

  List<Workload> workloads() {
    return Stream.concat(
            of(StatefulSet.class).stream()
                .map(set ->
                    new Workload(
                        set,
                        set.getSpec().getTemplate(),
                        set.getSpec().getSelector().getMatchLabels())),
            of(Deployment.class).stream()
                .map(deployment ->
                    new Workload(
                        deployment,
                        deployment.getSpec().getTemplate(),
                        deployment.getSpec().getSelector().getMatchLabels())))
        .toList();
  }

  /** The workloads whose pods carry these labels. */
  List<Workload> selected(Map<String, String> labels) {
    return workloads().stream()
        .filter(workload ->
            workload.pods().getMetadata().getLabels().entrySet().containsAll(labels.entrySet()))
        .toList();
  }
}
