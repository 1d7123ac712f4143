package org.mysqlmanager.local;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.mysqlmanager.local.process.Ports;

/**
 * Chooses the ports of a system: those that it had before, as far as they are still free, so that a
 * restart changes nothing for its users; else the usual ones when they are wanted; else any.
 */
final class SavedPorts {
  private final Path file;
  private final Ports ports;
  private final boolean usual;
  private final Properties saved = new Properties();
  private final Properties chosen = new Properties();

  SavedPorts(Path file, Ports ports, boolean usual) {
    this.file = file;
    this.ports = ports;
    this.usual = usual;
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        saved.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A port for one use of one component. */
  int choose(String component, String use, int usualPort) {
    String key = component + "." + use;
    String before = saved.getProperty(key, "");
    int port;
    if (before.matches("\\d{1,5}")) {
      port = ports.againOrFree(Integer.parseInt(before));
    } else {
      port = usual ? ports.preferably(usualPort) : ports.free();
    }
    chosen.setProperty(key, String.valueOf(port));
    return port;
  }

  /** A port that nobody but other components connects to, so that no number is a usual one. */
  int choose(String component, String use) {
    String key = component + "." + use;
    String before = saved.getProperty(key, "");
    int port =
        before.matches("\\d{1,5}") ? ports.againOrFree(Integer.parseInt(before)) : ports.free();
    chosen.setProperty(key, String.valueOf(port));
    return port;
  }

  /** Ports that a relay has, and for each another one for the process to listen on. */
  NamedPorts relayed(String component, Map<String, Integer> known) {
    Map<String, Integer> listening = new LinkedHashMap<>();
    known.keySet().forEach(use -> listening.put(use, choose(component, use + ".listening")));
    return new NamedPorts(known, listening);
  }

  /**
   * Remembers the choice for the next time; ports of components that are not there this time are
   * kept too.
   */
  void save() {
    Properties all = new Properties();
    all.putAll(saved);
    all.putAll(chosen);
    LocalFiles.write(
        file,
        all.stringPropertyNames().stream()
            .sorted()
            .map(key -> key + "=" + all.getProperty(key))
            .collect(Collectors.joining("\n", "", "\n")));
  }
}
