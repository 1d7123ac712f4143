package org.mysqlmanager.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.checks.Manifests.Workload;

/** The parts of the example fit each other, and each pod is as harmless as it can be. */
class ExampleSystemTest {
  /** A member of a StatefulSet by its name in a service: mysql-0.mysql-nodes. */
  private static final Pattern MEMBER =
      Pattern.compile("\\b([a-z]+(?:-[a-z]+)*)-([0-9]+)\\.([a-z-]+)\\b");

  private static Manifests example;

  @BeforeAll
  static void build() {
    example = Manifests.built("deploy/kubernetes/example");
  }

  @Test
  void everythingIsThere() {
    assertEquals(
        Map.of("mysql", 2, "mysql-manager", 3, "proxysql", 1, "zookeeper", 3),
        example.of(StatefulSet.class).stream()
            .collect(
                Collectors.toMap(
                    set -> set.getMetadata().getName(), set -> set.getSpec().getReplicas())));
  }

  @Test
  void everythingIsInOneNamespaceThatRefusesPodsWithMoreRights() {
    Namespace namespace = example.of(Namespace.class).getFirst();
    String name = namespace.getMetadata().getName();
    assertEquals(
        "restricted",
        namespace.getMetadata().getLabels().get("pod-security.kubernetes.io/enforce"));
    example.all().stream()
        .filter(resource -> !(resource instanceof Namespace))
        .forEach(resource -> assertEquals(name, resource.getMetadata().getNamespace()));
  }

  @Test
  void everyWorkloadSelectsItsOwnPodsOnly() {
    for (Workload workload : example.workloads()) {
      assertEquals(List.of(workload), example.selected(workload.selector()), workload.name());
    }
  }

  @Test
  void everyServiceSelectsOneWorkloadAndPortsThatItHas() {
    for (Service service : example.of(Service.class)) {
      String name = service.getMetadata().getName();
      List<Workload> selected = example.selected(service.getSpec().getSelector());
      assertEquals(1, selected.size(), name);
      Set<String> ports = portNames(selected.getFirst());
      for (ServicePort port : service.getSpec().getPorts()) {
        assertTrue(ports.contains(port.getTargetPort().getStrVal()), name + ": " + port.getName());
      }
    }
  }

  @Test
  void everyStatefulSetHasItsHeadlessServiceWithTheNamesOfUnreadyMembers() {
    for (StatefulSet set : example.of(StatefulSet.class)) {
      Service service = example.one(Service.class, set.getSpec().getServiceName());
      assertEquals("None", service.getSpec().getClusterIP());
      assertTrue(service.getSpec().getPublishNotReadyAddresses(), set.getMetadata().getName());
    }
  }

  @Test
  void everyMemberThatIsNamedAnywhereExists() {
    Set<String> found = new TreeSet<>();
    for (ConfigMap map : example.of(ConfigMap.class)) {
      for (String value : map.getData().values()) {
        MEMBER
            .matcher(value.replaceAll("(?m)^\\s*#.*$", ""))
            .results()
            .forEach(member -> {
              found.add(member.group());
              StatefulSet set = example.one(StatefulSet.class, member.group(1));
              assertEquals(set.getSpec().getServiceName(), member.group(3), member.group());
              assertTrue(
                  Integer.parseInt(member.group(2)) < set.getSpec().getReplicas(), member.group());
            });
      }
    }
    assertEquals(
        Set.of(
            "mysql-0.mysql-nodes",
            "mysql-1.mysql-nodes",
            "proxysql-0.proxysql-nodes",
            "zookeeper-0.zookeeper-nodes",
            "zookeeper-1.zookeeper-nodes",
            "zookeeper-2.zookeeper-nodes"),
        found);
  }

  @Test
  void everyDisruptionBudgetIsForOneWorkloadOfSeveral() {
    Set<String> covered = new HashSet<>();
    for (PodDisruptionBudget budget : example.of(PodDisruptionBudget.class)) {
      List<Workload> selected = example.selected(budget.getSpec().getSelector().getMatchLabels());
      assertEquals(1, selected.size(), budget.getMetadata().getName());
      assertEquals(1, budget.getSpec().getMaxUnavailable().getIntVal());
      covered.add(selected.getFirst().name());
    }
    assertEquals(
        Set.of("StatefulSet mysql", "StatefulSet mysql-manager", "StatefulSet zookeeper"), covered);
  }

  @Test
  void everyNetworkPolicyIsForOneWorkloadAndNamesPortsThatItHas() {
    Set<String> covered = new HashSet<>();
    for (NetworkPolicy policy : example.of(NetworkPolicy.class)) {
      String name = policy.getMetadata().getName();
      List<Workload> selected = example.selected(labels(policy.getSpec().getPodSelector()));
      assertEquals(1, selected.size(), name);
      covered.add(selected.getFirst().name());
      Set<Integer> ports = portNumbers(selected.getFirst());
      policy
          .getSpec()
          .getIngress()
          .forEach(rule -> {
            rule.getPorts()
                .forEach(port -> assertTrue(ports.contains(port.getPort().getIntVal()), name));
            assertFalse(rule.getFrom().isEmpty(), name);
            rule.getFrom().forEach(peer -> assertKnown(name, peer));
          });
    }
    assertEquals(
        example.workloads().stream().map(Workload::name).collect(Collectors.toSet()), covered);
  }

  /** What is not in this namespace has a label that its owner gives it. */
  private static void assertKnown(String policy, NetworkPolicyPeer peer) {
    Map<String, String> labels = labels(peer.getPodSelector());
    if (peer.getNamespaceSelector() == null) {
      assertEquals(1, example.selected(labels).size(), policy + " lets in " + labels);
    } else {
      assertTrue(
          labels.keySet().stream().allMatch(label -> label.startsWith("mysql-manager.org/")),
          policy + " lets in " + labels);
    }
  }

  @Test
  void whereTheManagersMayGoIsOpenToThem() {
    example
        .one(NetworkPolicy.class, "mysql-manager")
        .getSpec()
        .getEgress()
        .forEach(way ->
            way.getTo().stream()
                .filter(peer -> peer.getPodSelector() != null)
                .forEach(peer -> {
                  Workload target = example.selected(labels(peer.getPodSelector())).getFirst();
                  Map<String, String> managers =
                      example
                          .one(StatefulSet.class, "mysql-manager")
                          .getSpec()
                          .getTemplate()
                          .getMetadata()
                          .getLabels();
                  Set<Integer> open =
                      example.of(NetworkPolicy.class).stream()
                          .filter(policy ->
                              example
                                  .selected(labels(policy.getSpec().getPodSelector()))
                                  .contains(target))
                          .flatMap(policy -> policy.getSpec().getIngress().stream())
                          .filter(rule ->
                              rule.getFrom().stream()
                                  .anyMatch(from ->
                                      managers
                                          .entrySet()
                                          .containsAll(labels(from.getPodSelector()).entrySet())))
                          .flatMap(rule -> rule.getPorts().stream())
                          .map(port -> port.getPort().getIntVal())
                          .collect(Collectors.toSet());
                  way.getPorts()
                      .forEach(port ->
                          assertTrue(open.contains(port.getPort().getIntVal()), target.name()));
                }));
  }

  @Test
  void everythingThatIsMountedExists() {
    for (Workload workload : example.workloads()) {
      PodSpec pod = workload.pods().getSpec();
      Set<String> volumes =
          pod.getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
      if (workload.resource() instanceof StatefulSet set) {
        set.getSpec()
            .getVolumeClaimTemplates()
            .forEach(claim -> volumes.add(claim.getMetadata().getName()));
      }
      for (Container container : pod.getContainers()) {
        for (VolumeMount mount : container.getVolumeMounts()) {
          assertTrue(
              volumes.remove(mount.getName()) || isMountedTwice(container, mount),
              workload.name() + ": " + mount.getName());
          assertSubPathExists(pod, mount);
        }
      }
      assertEquals(Set.of(), volumes, workload.name() + ": mounted nowhere");
    }
  }

  private static boolean isMountedTwice(Container container, VolumeMount mount) {
    return container.getVolumeMounts().stream()
            .filter(other -> other.getName().equals(mount.getName()))
            .count()
        > 1;
  }

  private static void assertSubPathExists(PodSpec pod, VolumeMount mount) {
    for (Volume volume : pod.getVolumes()) {
      if (volume.getName().equals(mount.getName())) {
        if (volume.getConfigMap() != null) {
          ConfigMap map = example.one(ConfigMap.class, volume.getConfigMap().getName());
          assertTrue(
              mount.getSubPath() == null || map.getData().containsKey(mount.getSubPath()),
              mount.getMountPath());
        }
        if (volume.getSecret() != null || volume.getProjected() != null) {
          assertFalse(secretKeys(example, pod, mount).isEmpty(), mount.getMountPath());
        }
      }
    }
  }

  /** The files that a mounted secret gives; each of them is a key that the secret has. */
  static Set<String> secretKeys(Manifests manifests, PodSpec pod, VolumeMount mount) {
    Volume volume =
        pod.getVolumes().stream()
            .filter(candidate -> candidate.getName().equals(mount.getName()))
            .findFirst()
            .orElseThrow();
    if (volume.getProjected() != null) {
      return volume.getProjected().getSources().stream()
          .flatMap(source ->
              files(manifests, source.getSecret().getName(), source.getSecret().getItems())
                  .stream())
          .collect(Collectors.toSet());
    }
    return files(manifests, volume.getSecret().getSecretName(), volume.getSecret().getItems());
  }

  private static Set<String> files(
      Manifests manifests, String secretName, @Nullable List<KeyToPath> items) {
    Set<String> keys = manifests.one(Secret.class, secretName).getData().keySet();
    if (items == null || items.isEmpty()) {
      return keys;
    }
    items.forEach(item -> assertTrue(keys.contains(item.getKey()), item.getKey()));
    return items.stream().map(KeyToPath::getPath).collect(Collectors.toSet());
  }

  /** Other than the managers', these name their password's file in a script or a variable. */
  @Test
  void everySecretFileThatIsReadExists() {
    Pattern file = Pattern.compile("(/run/secrets(?:/[a-z-]+)?)/([a-z_-]+)(?![a-z_/-])");
    for (Workload workload : example.workloads()) {
      PodSpec pod = workload.pods().getSpec();
      String texts =
          Stream.concat(
                  pod.getVolumes().stream()
                      .filter(volume -> volume.getConfigMap() != null)
                      .map(volume -> example.one(ConfigMap.class, volume.getConfigMap().getName()))
                      .flatMap(map -> map.getData().values().stream()),
                  pod.getContainers().stream()
                      .flatMap(container -> container.getEnv().stream())
                      .map(variable -> String.valueOf(variable.getValue())))
              .flatMap(String::lines)
              .filter(line -> !line.strip().startsWith("#"))
              .collect(Collectors.joining("\n"));
      file.matcher(texts)
          .results()
          .forEach(hit -> {
            VolumeMount mount =
                pod.getContainers().getFirst().getVolumeMounts().stream()
                    .filter(candidate -> candidate.getMountPath().equals(hit.group(1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(workload.name() + ": " + hit.group()));
            assertTrue(
                secretKeys(example, pod, mount).contains(hit.group(2)),
                workload.name() + ": " + hit.group());
          });
    }
  }

  @Test
  void noPodHasRightsThatItDoesNotNeed() {
    for (Workload workload : example.workloads()) {
      PodSpec pod = workload.pods().getSpec();
      String name = workload.name();
      assertEquals(false, pod.getAutomountServiceAccountToken(), name);
      assertEquals(false, pod.getEnableServiceLinks(), name);
      assertEquals(true, pod.getSecurityContext().getRunAsNonRoot(), name);
      assertTrue(pod.getSecurityContext().getRunAsUser() > 0, name);
      assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType(), name);
      assertNull(pod.getHostNetwork(), name);
      assertNull(pod.getHostPID(), name);
      pod.getVolumes().forEach(volume -> assertNull(volume.getHostPath(), name));
      for (Container container : pod.getContainers()) {
        SecurityContext rights = container.getSecurityContext();
        assertEquals(false, rights.getAllowPrivilegeEscalation(), name);
        assertEquals(true, rights.getReadOnlyRootFilesystem(), name);
        assertEquals(List.of("ALL"), rights.getCapabilities().getDrop(), name);
        assertTrue(rights.getCapabilities().getAdd().isEmpty(), name);
        assertTrue(rights.getPrivileged() == null || !rights.getPrivileged(), name);
      }
    }
  }

  @Test
  void everyContainerHasAVersionABoundOfMemoryAndAProbe() {
    for (Workload workload : example.workloads()) {
      for (Container container : workload.pods().getSpec().getContainers()) {
        String image = container.getImage();
        assertTrue(image.matches(".+:[0-9][^:]*"), image);
        assertNotNull(container.getResources().getLimits().get("memory"), workload.name());
        assertNotNull(container.getResources().getRequests().get("cpu"), workload.name());
        assertNotNull(container.getReadinessProbe(), workload.name());
      }
    }
  }

  @Test
  void imagesAreTheOnesOfTheComposeFile() {
    Set<String> compose = new TreeSet<>();
    for (JsonNode node : Project.yaml("docker-compose.yml")) {
      node.findValues("image").forEach(image -> compose.add(image.asText()));
    }
    for (Workload workload : example.workloads()) {
      String image = workload.pods().getSpec().getContainers().getFirst().getImage();
      assertTrue(
          image.startsWith("mysql-manager:") || compose.contains(image),
          image + " is none of " + compose);
    }
  }

  /** What is tried with containers there is the same here. */
  @Test
  void theServersAreSetUpAsTheComposeFileDoes() {
    assertEquals(
        Project.text("deploy/compose/mysql-setup.sh"),
        Project.text("deploy/kubernetes/example/mysql-setup.sh"),
        "cp deploy/compose/mysql-setup.sh deploy/kubernetes/example/");
    Set<String> here = settings("deploy/kubernetes/example/mysql.cnf");
    assertTrue(here.contains("gtid_mode = ON"), here.toString());
    assertEquals(settings("deploy/compose/mysql.cnf"), here);
  }

  @Test
  void theProxyIsSetUpAsTheComposeFileDoes() {
    Set<String> here = settings("deploy/kubernetes/example/proxysql.cnf");
    Set<String> compose = settings("deploy/compose/proxysql.cnf");
    // Where the admin interface listens: there a network of its own, here a policy.
    for (Set<String> settings : List.of(here, compose)) {
      assertTrue(settings.removeIf(line -> line.startsWith("mysql_ifaces=")));
    }
    assertTrue(here.size() > 10, here.toString());
    assertEquals(compose, here);
  }

  /** A secret that changes gets another name, and whoever mounts it is replaced. */
  @Test
  void theOnlyProxyIsRestartedForNoOthersPassword() {
    PodSpec pod = example.one(StatefulSet.class, "proxysql").getSpec().getTemplate().getSpec();
    List<String> secrets =
        pod.getVolumes().stream()
            .filter(volume -> volume.getSecret() != null)
            .map(volume -> volume.getSecret().getSecretName())
            .toList();
    assertEquals(1, secrets.size(), secrets.toString());
    assertEquals(
        Set.of("proxy-admin-password"),
        example.one(Secret.class, secrets.getFirst()).getData().keySet());
  }

  private static Set<String> settings(String file) {
    return Project.text(file)
        .lines()
        .map(String::strip)
        .filter(line -> line.contains("=") && !line.startsWith("#"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void mysqldIsStartedAgainWhateverItEndsWith() {
    PodSpec pod = example.one(StatefulSet.class, "mysql").getSpec().getTemplate().getSpec();
    assertEquals("Always", pod.getRestartPolicy());
    assertNull(
        pod.getContainers().getFirst().getLivenessProbe(), "who is dead, the managers decide");
  }

  private static Map<String, String> labels(LabelSelector selector) {
    assertTrue(selector.getMatchExpressions() == null || selector.getMatchExpressions().isEmpty());
    return selector.getMatchLabels();
  }

  private static Set<String> portNames(Workload workload) {
    return workload.pods().getSpec().getContainers().stream()
        .flatMap(container -> container.getPorts().stream())
        .map(port -> port.getName())
        .collect(Collectors.toSet());
  }

  private static Set<Integer> portNumbers(Workload workload) {
    return workload.pods().getSpec().getContainers().stream()
        .flatMap(container -> container.getPorts().stream())
        .map(port -> port.getContainerPort())
        .collect(Collectors.toSet());
  }
}
