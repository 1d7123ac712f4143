package org.mysqlmanager.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/**
 * Sees to it that nothing is left behind, whatever becomes of this JVM. All containers and networks
 * carry a label of this run, and only what carries it is ever removed:
 *
 * <ul>
 *   <li>at the end, by this JVM;
 *   <li>if it is killed, by a shell that waits for the end of a pipe from this JVM (where there is
 *       a {@code docker} command);
 *   <li>if that one is killed, too, at the start of the next run on this machine.
 * </ul>
 */
final class Session {
  private static final String LABEL = "org.mysqlmanager.containers.session";
  private static final String OWNER = "org.mysqlmanager.containers.owner";
  private static final String ID = UUID.randomUUID().toString();

  /** Asks again, as a container may have been under way when the JVM ended. */
  private static final String WATCHDOG =
      """
      trap '' INT TERM HUP
      cat >/dev/null
      for attempt in 1 2 3 4 5 6 7 8 9 10; do
        containers=$(docker ps -aq --filter "label=$0")
        [ -z "$containers" ] || docker rm -f -v $containers
        networks=$(docker network ls -q --filter "label=$0")
        [ -z "$networks" ] || docker network rm $networks
        [ -n "$containers$networks" ] || [ "$attempt" -lt 3 ] || exit 0
        sleep 1
      done
      """;

  private static @Nullable DockerClient open;

  private Session() {}

  /** Starts the watchdog and sweeps, once. */
  static synchronized void begin(DockerClient client) {
    if (open != null) {
      return;
    }
    open = client;
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(client, label())));
    startWatchdog();
    sweep(client);
  }

  /** What everything that is created carries. */
  static Map<String, String> labels() {
    return Map.of(LABEL, ID, OWNER, owner(ProcessHandle.current()));
  }

  /** The one that tells this run's from all others. */
  static String label() {
    return LABEL + "=" + ID;
  }

  /** Removes all containers and networks with that label; what is gone already is no matter. */
  private static void remove(DockerClient client, String label) {
    containers(client, label).parallelStream()
        .forEach(container ->
            quietly(() ->
                client
                    .removeContainerCmd(container.getId())
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec()));
    for (Network network : client.listNetworksCmd().withFilter("label", List.of(label)).exec()) {
      quietly(() -> client.removeNetworkCmd(network.getId()).exec());
    }
  }

  private static List<Container> containers(DockerClient client, String label) {
    return client.listContainersCmd().withShowAll(true).withLabelFilter(List.of(label)).exec();
  }

  private static void quietly(Runnable removal) {
    try {
      removal.run();
    } catch (DockerException _) {
      // Somebody else has removed it, or the next sweep will.
    }
  }

  private static void startWatchdog() {
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", WATCHDOG, label());
    shell
        .environment()
        .put(
            "DOCKER_HOST",
            DockerClientFactory.instance().getTransportConfig().getDockerHost() + "");
    shell.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    shell.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      // Its input ends with this JVM, which never writes to it.
      shell.start();
    } catch (IOException e) {
      System.err.println("no watchdog over the containers: " + e.getMessage());
    }
  }

  /** What JVMs have left behind that ran on this machine and do so no more. */
  private static void sweep(DockerClient client) {
    containers(client, LABEL).forEach(found -> sweep(client, found.getLabels()));
    client
        .listNetworksCmd()
        .withFilter("label", List.of(LABEL))
        .exec()
        .forEach(found -> sweep(client, found.getLabels()));
  }

  private static void sweep(DockerClient client, Map<String, String> labels) {
    String session = labels.getOrDefault(LABEL, ID);
    if (!session.equals(ID) && isDead(labels.getOrDefault(OWNER, ""))) {
      remove(client, LABEL + "=" + session);
    }
  }

  /** Of an owner that lived where process numbers mean something else, nothing is known. */
  private static boolean isDead(String owner) {
    String[] parts = owner.split(" ", -1);
    if (parts.length != 3 || !parts[0].equals(place())) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts[1]));
    return process.isEmpty() || !owner(process.get()).equals(owner);
  }

  private static String owner(ProcessHandle process) {
    Instant start = process.info().startInstant().orElse(Instant.EPOCH);
    return "%s %d %s".formatted(place(), process.pid(), start);
  }

  /** The machine's boot and its space of process numbers. */
  private static String place() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + "/"
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException _) {
      return System.getProperty("os.name").replace(' ', '-')
          + "/"
          + System.getProperty("user.name").replace(' ', '-');
    }
  }
}
