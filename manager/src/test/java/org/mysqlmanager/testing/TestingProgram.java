package org.mysqlmanager.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.mysqlmanager.local.process.Await;
import org.mysqlmanager.local.process.LogTail;
import org.mysqlmanager.local.process.Ports;
import org.mysqlmanager.local.process.SupervisedProcess;

/**
 * A program that listens on loopback ports during a test. It ends with the test's JVM, however that
 * ends.
 */
public final class TestingProgram implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Ports PORTS = new Ports();

  private final SupervisedProcess.Launch launch;
  private final List<Integer> ports;
  private final List<Integer> awaited;
  private SupervisedProcess process;

  /**
   * It runs in that folder, which also gets its log.
   *
   * @param ports those that it listens on
   * @param awaited those of them that say by accepting a connection that it is up
   */
  public TestingProgram(
      String name, List<String> command, Path folder, List<Integer> ports, List<Integer> awaited) {
    this.launch =
        new SupervisedProcess.Launch(
            name, command, Map.of(), folder, folder.resolve(name + ".log"), false);
    this.ports = List.copyOf(ports);
    this.awaited = List.copyOf(awaited);
  }

  /** A loopback port on which nothing listens, until a program of ours does. */
  public static int port() {
    return PORTS.free();
  }

  /** Starts it, and returns when it is up. */
  public void start() {
    ports.forEach(PORTS::release);
    process = SupervisedProcess.start(launch);
    boolean listening =
        Await.until(
            START,
            () -> !process.isAlive() || awaited.stream().allMatch(TestingProgram::isListenedOn));
    if (!process.isAlive() || !listening) {
      close();
      fail("%s did not start:\n%s".formatted(launch.name(), LogTail.of(launch.log())));
    }
  }

  /** {@code kill -9}, and a new start. */
  public void restart() {
    close();
    start();
  }

  /** Freezes it: its connections stay, and nothing is answered. */
  public void pause() {
    process.pause();
  }

  public void resume() {
    process.resume();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }

  private static boolean isListenedOn(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
