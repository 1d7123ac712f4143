package org.mysqlmanager.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * One container and what can happen to it. In its networks it has its name as its only alias. The
 * ports it publishes are on {@link Engine#host}, and may be others after each start: ask each time.
 * Thread-safe once it has been started.
 */
final class Node {
  private static final int MOST_LOG_SECONDS = 20;

  private final String name;
  private final List<Membership> networks = new ArrayList<>();
  private final List<Consumer<HostConfig>> hostChanges = new ArrayList<>();
  private final Map<String, Map<String, String>> volumeFiles = new TreeMap<>();
  private final Attached container;
  private final DockerClient client = Engine.client();
  private volatile boolean paused;

  /** What a container is connected to. */
  private record Membership(Network network, String alias) {}

  Node(String name, Images image) {
    this.name = name;
    this.container = new Attached(image.get());
  }

  // --- How it is made

  Node environment(Map<String, String> variables) {
    container.withEnv(variables);
    return this;
  }

  Node command(String... words) {
    container.withCommand(words);
    return this;
  }

  /** In place of the image's entry point. */
  Node entrypoint(String... words) {
    container.withCreateContainerCmdModifier(create -> create.withEntrypoint(words));
    return this;
  }

  /** A file that is there before the start, readable by everybody. */
  Node file(String path, String text) {
    container.withCopyToContainer(
        Transferable.of(text.getBytes(StandardCharsets.UTF_8), 0100644), path);
    return this;
  }

  /**
   * A file in a volume, which is all that can be put into a container whose own file system is
   * read-only; readable by everybody.
   *
   * @param folder where the volume is mounted
   */
  Node fileInVolume(String folder, String file, String text) {
    volumeFiles.computeIfAbsent(folder, _ -> new TreeMap<>()).put(file, text);
    return this;
  }

  /** A file to execute. */
  Node program(String path, String text) {
    container.withCopyToContainer(
        Transferable.of(text.getBytes(StandardCharsets.UTF_8), 0100755), path);
    return this;
  }

  /** Published on {@link Engine#host}. */
  Node publish(Integer... ports) {
    container.withExposedPorts(ports);
    return this;
  }

  Node joins(Network... all) {
    Arrays.stream(all).forEach(network -> networks.add(new Membership(network, name)));
    return this;
  }

  /** Where nobody looks for it by its name. */
  Node joinsAs(String alias, Network network) {
    networks.add(new Membership(network, alias));
    return this;
  }

  Node host(Consumer<HostConfig> change) {
    hostChanges.add(change);
    return this;
  }

  // --- What can happen to it

  /** Creates and starts it, without waiting for what runs in it. */
  void launch() {
    container.start();
  }

  /** {@code docker kill} */
  void kill() {
    client.killContainerCmd(id()).exec();
  }

  /** {@code docker stop}, with that many seconds until it is killed. */
  void stop(int timeoutSeconds) {
    client.stopContainerCmd(id()).withTimeout(timeoutSeconds).exec();
  }

  /** {@code docker start} */
  void start() {
    try {
      client.startContainerCmd(id()).exec();
    } catch (NotModifiedException _) {
      // It runs.
    }
  }

  /** {@code docker pause} */
  void pause() {
    client.pauseContainerCmd(id()).exec();
    paused = true;
  }

  /** {@code docker unpause} */
  void unpause() {
    try {
      client.unpauseContainerCmd(id()).exec();
    } catch (ConflictException _) {
      // It is not paused.
    }
    paused = false;
  }

  /** {@code docker network disconnect}: nothing tells the other side, as when a cable is cut. */
  void leave(Network network) {
    network.disconnect(client, id());
  }

  /** {@code docker network connect} */
  void rejoin(Network network) {
    networks.stream()
        .filter(each -> each.network().equals(network))
        .forEach(each -> network.connect(client, id(), each.alias()));
  }

  /** All networks that it has been given, whichever it left; it is unpaused and runs again. */
  void heal() {
    if (isPaused()) {
      unpause();
    }
    for (Membership each : networks) {
      if (!each.network().holds(client, id())) {
        each.network().connect(client, id(), each.alias());
      }
    }
    if (!isRunning()) {
      start();
    }
  }

  /** Gone, with its volumes. */
  void remove() {
    String created = container.getContainerId();
    if (created != null) {
      try {
        client.removeContainerCmd(created).withForce(true).withRemoveVolumes(true).exec();
      } catch (NotFoundException | ConflictException _) {
        // It is gone, or about to be.
      }
    }
  }

  // --- What can be asked of it

  String name() {
    return name;
  }

  String id() {
    return container.getContainerId();
  }

  boolean isPaused() {
    return paused;
  }

  boolean isRunning() {
    return Boolean.TRUE.equals(inspect().getState().getRunning());
  }

  InspectContainerResponse inspect() {
    return client.inspectContainerCmd(id()).exec();
  }

  /** The port of {@link Engine#host} that leads to this one. */
  int port(int port) {
    Ports.Binding[] bindings =
        inspect().getNetworkSettings().getPorts().getBindings().get(ExposedPort.tcp(port));
    if (bindings == null || bindings.length == 0) {
      throw new IllegalStateException("%s publishes no port %d now".formatted(name, port));
    }
    return Integer.parseInt(bindings[0].getHostPortSpec());
  }

  /** Its address in that network. */
  String address(Network network) {
    return network.addressOf(inspect());
  }

  /** What a command in it ended with, and what it printed to both streams. */
  record Output(long status, String text) {}

  /** {@code docker exec}, as the user that the image says. */
  Output exec(String... command) {
    return Exec.run(client, id(), command);
  }

  /** The last lines of {@code docker logs}. */
  String log(int lines) {
    StringBuilder text = new StringBuilder();
    ResultCallback.Adapter<Frame> collector =
        new ResultCallback.Adapter<>() {
          @Override
          public void onNext(Frame frame) {
            synchronized (text) {
              text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
            }
          }
        };
    try {
      boolean _ =
          client
              .logContainerCmd(id())
              .withStdOut(true)
              .withStdErr(true)
              .withTail(lines)
              .exec(collector)
              .awaitCompletion(MOST_LOG_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    synchronized (text) {
      return text.toString();
    }
  }

  /** All files below a path, one after the other, as a tar archive. */
  byte[] archive(String path) {
    try (InputStream tar = client.copyArchiveFromContainerCmd(id(), path).exec()) {
      return tar.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] archive(Map<String, String> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(content.length);
        entry.setMode(0100444);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Published on one address only, labelled, and in its networks from the first moment on. Its host
   * name is none that others use: that would stand for another address within than from outside.
   */
  private final class Attached extends GenericContainer<Attached> {
    Attached(String image) {
      super(DockerImageName.parse(image));
      withLabels(new LinkedHashMap<>(Session.labels()));
      // Waiting is done on conditions, for all at once.
      setWaitStrategy(
          new AbstractWaitStrategy() {
            @Override
            protected void waitUntilReady() {}
          });
      withStartupCheckStrategy(
          new StartupCheckStrategy() {
            @Override
            public StartupStatus checkStartupState(DockerClient engine, String containerId) {
              return StartupStatus.SUCCESSFUL;
            }
          });
      withCreateContainerCmdModifier(create -> {
        HostConfig host = create.getHostConfig();
        host.withPortBindings(
            getExposedPorts().stream()
                .map(port ->
                    new PortBinding(Ports.Binding.bindIp(Engine.host()), ExposedPort.tcp(port)))
                .toList());
        hostChanges.forEach(change -> change.accept(host));
      });
    }

    @Override
    protected void containerIsCreated(String containerId) {
      networks.forEach(each -> each.network().connect(client, containerId, each.alias()));
      volumeFiles.forEach((folder, files) ->
          client
              .copyArchiveToContainerCmd(containerId)
              .withRemotePath(folder)
              .withTarInputStream(new ByteArrayInputStream(archive(files)))
              .exec());
    }
  }
}
