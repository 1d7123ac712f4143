package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The managers' pods agree with the image and with the configuration. */
class ManagerPodsTest {
  /** What the image asks for and the configuration does not know. */
  private static final Set<String> VARIABLES_FOR_KUBERNETES_ONLY = Set.of("POD_NAMESPACE");

  private static final ImageFile IMAGE = ImageFile.shipped();
  private static Manifests base;
  private static Manifests example;

  @BeforeAll
  static void build() {
    base = Manifests.built("deploy/kubernetes/base");
    example = Manifests.built("deploy/kubernetes/example");
  }

  @Test
  void theyListenWhereTheImageSays() {
    Set<String> ports =
        container().getPorts().stream()
            .map(port -> port.getContainerPort().toString())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(IMAGE.words("EXPOSE")), ports);
    assertEquals(port("http").toString(), variables().get("PORT"));
    assertEquals(port("admin").toString(), variables().get("ADMIN_PORT"));
  }

  @Test
  void theyRunAsTheImagesUser() {
    String[] user = IMAGE.only("USER").split(":");
    assertEquals(user[0], pod().getSecurityContext().getRunAsUser().toString());
    assertEquals(user[1], pod().getSecurityContext().getRunAsGroup().toString());
    assertEquals(user[1], pod().getSecurityContext().getFsGroup().toString());
  }

  @Test
  void theConfigurationIsMountedWhereTheImageReadsIt() {
    Path configuration = Path.of(IMAGE.words("CMD").get(1));
    VolumeMount mount = mountOf(configuration.toString());
    assertEquals(configuration.getParent().toString(), mount.getMountPath());
    String map =
        pod().getVolumes().stream()
            .filter(volume -> volume.getName().equals(mount.getName()))
            .findFirst()
            .orElseThrow()
            .getConfigMap()
            .getName();
    assertEquals(
        Project.text("dropwizard-config.yml"),
        example.one(ConfigMap.class, map).getData().get(configuration.getFileName().toString()));
    assertTrue(container().getArgs().isEmpty() && container().getCommand().isEmpty());
  }

  @Test
  void savedTransactionsAreOnAVolumeOfEachManagersOwn() {
    String volume = IMAGE.only("VOLUME");
    VolumeMount mount = mountOf(volume);
    assertEquals(volume, mount.getMountPath());
    assertTrue(variables().get("ERRANT_TRANSACTIONS_DIRECTORY").startsWith(volume + "/"));
    assertEquals(
        List.of(mount.getName()),
        managers().getSpec().getVolumeClaimTemplates().stream()
            .map(claim -> claim.getMetadata().getName())
            .toList());
    assertEquals(
        "Retain", managers().getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted());
    assertEquals(
        "Retain", managers().getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled());
  }

  @Test
  void theConfigurationKnowsEveryVariable() {
    Set<String> known = Project.configurationVariables();
    known.addAll(VARIABLES_FOR_KUBERNETES_ONLY);
    for (Manifests manifests : List.of(base, example)) {
      Set<String> given = new TreeSet<>(variables(manifests).keySet());
      given.removeAll(known);
      assertEquals(Set.of(), given, "dropwizard-config.yml does not know these");
    }
  }

  @Test
  void whatHasNoUsefulDefaultIsGiven() {
    for (String name :
        List.of(
            "MANAGER_ID",
            "MANAGER_HOST",
            "BIND_HOST",
            "ADMIN_BIND_HOST",
            "ZOOKEEPER_CONNECT",
            "S1_HOST",
            "S2_HOST",
            "PROXY_HOST")) {
      assertTrue(variables().containsKey(name), name);
    }
  }

  @Test
  void everyPasswordIsGivenAsAFileOfTheSecretAndInNoOtherWay() {
    Set<String> asFiles =
        Project.configurationVariables().stream()
            .filter(name -> name.endsWith("_PASSWORD_FILE") && !name.contains("PREVIOUS"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(asFiles.size() >= 6, asFiles.toString());
    for (String name : asFiles) {
      assertTrue(variables().containsKey(name), name);
      Path file = Path.of(variables().get(name));
      VolumeMount mount = mountOf(file.toString());
      assertEquals(file.getParent().toString(), mount.getMountPath(), name);
      assertTrue(
          ExampleSystemTest.secretKeys(example, pod(), mount)
              .contains(file.getFileName().toString()),
          name + " is no key of the secret: " + file);
    }
    for (String name : variables().keySet()) {
      assertFalse(name.matches(".*(_PASSWORD|_HASH|_TOKEN)"), name);
    }
  }

  @Test
  void probesAskTheAdminPortWhatEachIsFor() {
    assertProbe("/ping", container().getStartupProbe());
    // Not /healthcheck: a manager must not be restarted because ZooKeeper or MySQL is away.
    assertProbe("/ping", container().getLivenessProbe());
    assertProbe("/ready", container().getReadinessProbe());
    int start =
        container().getStartupProbe().getPeriodSeconds()
            * container().getStartupProbe().getFailureThreshold();
    assertTrue(start >= 30, "a slow machine needs its time");
  }

  private static void assertProbe(String path, Probe probe) {
    assertEquals(path, probe.getHttpGet().getPath());
    assertEquals("admin", probe.getHttpGet().getPort().getStrVal());
  }

  @Test
  void aStopHasTwiceTheTimeThatItTakesAtMost() {
    Duration step = setting("command_timeout").multipliedBy(2);
    Duration requests = setting("shutdownGracePeriod");
    assertTrue(
        pod().getTerminationGracePeriodSeconds() >= 2 * step.plus(requests).toSeconds(),
        () -> "a stop takes " + step.plus(requests));
  }

  /** The file is YAML only when its variables are filled in. */
  private static Duration setting(String name) {
    Matcher line =
        Pattern.compile("(?m)^ *" + name + ": ([0-9]+)s$")
            .matcher(Project.text("dropwizard-config.yml"));
    assertTrue(line.find(), name);
    return Duration.ofSeconds(Long.parseLong(line.group(1)));
  }

  @Test
  void noTwoAreOnOneNode() {
    Map<String, String> labels = base.workloads().getFirst().pods().getMetadata().getLabels();
    var terms =
        base.of(StatefulSet.class)
            .getFirst()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getAffinity()
            .getPodAntiAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution();
    assertEquals(1, terms.size());
    assertEquals("kubernetes.io/hostname", terms.getFirst().getTopologyKey());
    assertTrue(
        labels
            .entrySet()
            .containsAll(terms.getFirst().getLabelSelector().getMatchLabels().entrySet()));
    pod()
        .getTopologySpreadConstraints()
        .forEach(spread ->
            assertTrue(
                labels
                    .entrySet()
                    .containsAll(spread.getLabelSelector().getMatchLabels().entrySet())));
  }

  @Test
  void oneAtATimeIsDisrupted() {
    PodDisruptionBudget budget = base.of(PodDisruptionBudget.class).getFirst();
    assertEquals(1, budget.getSpec().getMaxUnavailable().getIntVal());
    assertEquals(base.workloads(), base.selected(budget.getSpec().getSelector().getMatchLabels()));
    assertEquals(3, managers().getSpec().getReplicas());
  }

  @Test
  void theClientsServiceHasNoAdminPort() {
    for (Service service : base.of(Service.class)) {
      for (ServicePort port : service.getSpec().getPorts()) {
        assertEquals("http", port.getTargetPort().getStrVal(), service.getMetadata().getName());
      }
    }
  }

  @Test
  void theNetworkLetsNobodyToTheAdminPort() {
    for (Manifests manifests : List.of(base, example)) {
      NetworkPolicy policy = manifests.one(NetworkPolicy.class, "mysql-manager");
      assertEquals(
          manifests.one(StatefulSet.class, "mysql-manager").getMetadata().getName(),
          manifests
              .selected(policy.getSpec().getPodSelector().getMatchLabels())
              .getFirst()
              .resource()
              .getMetadata()
              .getName());
      assertEquals(Set.of("Ingress", "Egress"), Set.copyOf(policy.getSpec().getPolicyTypes()));
      for (NetworkPolicyIngressRule rule : policy.getSpec().getIngress()) {
        assertFalse(rule.getFrom().isEmpty(), "anybody may");
        assertEquals(
            List.of(port("http")),
            rule.getPorts().stream().map(port -> port.getPort().getIntVal()).toList());
      }
    }
  }

  @Test
  void theNetworkLetsThemToEveryPortThatTheConfigurationNames() {
    Set<Integer> open =
        Stream.of(base, example)
            .map(manifests ->
                manifests.one(NetworkPolicy.class, "mysql-manager").getSpec().getEgress().stream()
                    .flatMap(rule -> rule.getPorts().stream())
                    .map(port -> port.getPort().getIntVal())
                    .collect(Collectors.toSet()))
            .reduce((all, some) -> {
              all.retainAll(some);
              return all;
            })
            .orElseThrow();
    for (String name : List.of("S1_PORT", "S2_PORT", "PROXY_ADMIN_PORT")) {
      assertTrue(open.contains(Integer.valueOf(variables().get(name))), name);
    }
    for (String member : variables().get("ZOOKEEPER_CONNECT").split(",")) {
      assertTrue(open.contains(Integer.valueOf(member.split(":")[1])), member);
    }
  }

  /** A cache on the node is no pod: a rule that selects pods or namespaces shuts it out. */
  @Test
  void theNetworkLetsThemLookUpNamesWhereverTheyAreAnswered() {
    Set<String> expected = Set.of("UDP 53", "TCP 53", "UDP 5353", "TCP 5353");
    for (Manifests manifests : List.of(base, example)) {
      assertTrue(
          manifests.one(NetworkPolicy.class, "mysql-manager").getSpec().getEgress().stream()
              .filter(rule -> rule.getTo().isEmpty())
              .anyMatch(rule ->
                  rule.getPorts().stream()
                      .map(port -> port.getProtocol() + " " + port.getPort().getIntVal())
                      .collect(Collectors.toSet())
                      .equals(expected)));
    }
  }

  @Test
  void theImageIsTheOneOfThisVersion() {
    String version =
        Project.text("pom.xml").split("<artifactId>mysql-manager-parent</artifactId>", 2)[1];
    version = version.split("<version>", 2)[1].split("</version>", 2)[0];
    assertEquals("mysql-manager:" + version, container().getImage());
  }

  private static StatefulSet managers() {
    return example.one(StatefulSet.class, "mysql-manager");
  }

  private static PodSpec pod() {
    return managers().getSpec().getTemplate().getSpec();
  }

  private static Container container() {
    return pod().getContainers().getFirst();
  }

  private static Integer port(String name) {
    return container().getPorts().stream()
        .filter(port -> port.getName().equals(name))
        .map(ContainerPort::getContainerPort)
        .findFirst()
        .orElseThrow();
  }

  private static VolumeMount mountOf(String path) {
    return container().getVolumeMounts().stream()
        .filter(mount -> Path.of(path).startsWith(mount.getMountPath()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(path + " is on no volume"));
  }

  private static Map<String, String> variables() {
    return variables(example);
  }

  /** Those of references have an empty value. */
  private static Map<String, String> variables(Manifests manifests) {
    Container container =
        manifests
            .one(StatefulSet.class, "mysql-manager")
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .getFirst();
    Map<String, String> variables = new TreeMap<>();
    container
        .getEnvFrom()
        .forEach(source ->
            variables.putAll(
                manifests.one(ConfigMap.class, source.getConfigMapRef().getName()).getData()));
    for (EnvVar variable : container.getEnv()) {
      variables.put(variable.getName(), variable.getValue() == null ? "" : variable.getValue());
    }
    return variables;
  }
}
