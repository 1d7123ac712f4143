package org.mysqlmanager.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.ContainerNetwork;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.Network.NetworkImpl;

/**
 * A network that only leads from container to container. Published ports do not hang on it, so they
 * stay when a container leaves it. Thread-safe.
 */
final class Network implements AutoCloseable {
  private final String name;
  private final NetworkImpl network;

  Network(String name) {
    this.name = name;
    this.network =
        org.testcontainers.containers.Network.builder()
            .createNetworkCmdModifier(
                create -> create.withInternal(true).withLabels(Session.labels()))
            .build();
    network.getId(); // makes it
  }

  String name() {
    return name;
  }

  void connect(DockerClient client, String container, String alias) {
    client
        .connectToNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(container)
        .withContainerNetwork(new ContainerNetwork().withAliases(alias))
        .exec();
  }

  void disconnect(DockerClient client, String container) {
    client
        .disconnectFromNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(container)
        .exec();
  }

  boolean holds(DockerClient client, String container) {
    return networks(client.inspectContainerCmd(container).exec()).containsKey(network.getName());
  }

  String addressOf(InspectContainerResponse container) {
    ContainerNetwork there = networks(container).get(network.getName());
    return Objects.requireNonNull(there, name).getIpAddress();
  }

  private static Map<String, ContainerNetwork> networks(InspectContainerResponse container) {
    return container.getNetworkSettings().getNetworks();
  }

  @Override
  public void close() {
    try {
      network.close();
    } catch (DockerException _) {
      // The session's end removes it.
    }
  }
}
