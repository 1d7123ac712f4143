package org.mysqlmanager.local;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.mysqlmanager.local.link.Links;

/** Which ports of which component are relayed. */
final class ComponentLinks {
  private final Map<String, Component> components;

  private ComponentLinks(Map<String, Component> components) {
    this.components = components;
  }

  /** Relays between these components; they do not work before {@link Links#open}. */
  static Links between(Map<String, Component> components) {
    ComponentLinks made = new ComponentLinks(components);
    Links links = new Links(components::keySet, made::pids);
    components.forEach((name, component) -> {
      NamedPorts ports = component.program().ports();
      if (ports.areRelayed()) {
        ports
            .byUse()
            .forEach((use, port) ->
                links.relay(
                    name,
                    port,
                    ports.listening(use),
                    opening(component.program()),
                    made.firstWords(use)));
      }
    });
    return links;
  }

  /** A member of an ensemble calls back who has called it, and only once in a while. */
  private static Links.Opening opening(Program program) {
    return program instanceof ZookeeperNode
        ? Links.Opening.WHEN_RUNNING
        : Links.Opening.WHEN_LISTENING;
  }

  private Map<String, Long> pids() {
    Map<String, Long> pids = new HashMap<>();
    components.forEach(
        (name, component) -> component.runningPid().ifPresent(pid -> pids.put(name, pid)));
    return pids;
  }

  /**
   * A ZooKeeper member says on a connection for elections where it wants to be called back, which
   * is the port that it listens on. Others must call the one that it is known under.
   */
  private UnaryOperator<byte[]> firstWords(String use) {
    if (!use.equals(ZookeeperNode.ELECTION)) {
      return UnaryOperator.identity();
    }
    List<NamedPorts> members =
        components.values().stream()
            .map(Component::program)
            .filter(ZookeeperNode.class::isInstance)
            .map(Program::ports)
            .toList();
    return words -> {
      String text = new String(words, StandardCharsets.ISO_8859_1);
      for (NamedPorts member : members) {
        text =
            text.replace(
                address(member.listening(ZookeeperNode.ELECTION)),
                address(member.of(ZookeeperNode.ELECTION)));
      }
      return text.getBytes(StandardCharsets.ISO_8859_1);
    };
  }

  /** All ports that are chosen for members have five digits, so that the length stays. */
  private static String address(int port) {
    return Probe.LOOPBACK + ":" + port;
  }
}
