package org.mysqlmanager.haproxy;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/** The commands that change HAProxy, each sent only while the permit is valid. */
final class Commands {
  /** Ends a change early, with its result. */
  static final class Halted extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient StepResult result;

    Halted(StepResult result) {
      super(result.toString());
      this.result = result;
    }

    StepResult result() {
      return result;
    }
  }

  private final RuntimeApi api;
  private final Permit permit;
  private final Deadline deadline;

  Commands(RuntimeApi api, Permit permit, Deadline deadline) {
    this.api = api;
    this.permit = permit;
    this.deadline = deadline;
  }

  /** No new sessions, and then none at all: this order, or a new one could slip in between. */
  void close(BackendServer server) throws Halted {
    requireSilence("set server " + server.path() + " state maint");
    requireSilence("shutdown sessions server " + server.path());
  }

  void open(String path) throws Halted {
    requireSilence("set server " + path + " state ready");
  }

  void restoreWeight(String path) throws Halted {
    requireSilence("set server " + path + " weight 100%");
  }

  void move(String path, InetAddress address, int port) throws Halted {
    String command = "set server %s addr %s port %d".formatted(path, literal(address), port);
    String answer = send(command);
    if (!answer.contains("changed from") && !answer.contains("no need to change")) {
      throw refusedByHaProxy(command, answer);
    }
  }

  void add(String path, InetAddress address, int port) throws Halted {
    String host = address instanceof Inet6Address ? "[" + literal(address) + "]" : literal(address);
    String command = "add server %s %s:%d disabled".formatted(path, host, port);
    String answer = send(command);
    if (!answer.startsWith("New server registered") && !answer.startsWith("Already exists")) {
      throw refusedByHaProxy(command, answer);
    }
  }

  private void requireSilence(String command) throws Halted {
    String answer = send(command);
    if (!answer.isEmpty()) {
      throw refusedByHaProxy(command, answer);
    }
  }

  private String send(String command) throws Halted {
    if (!permit.isValid()) {
      throw new Halted(new StepResult.Refused());
    }
    try {
      return api.ask(command, deadline).strip();
    } catch (NotAnswering e) {
      String message = String.valueOf(e.getMessage());
      throw new Halted(
          switch (e.command()) {
            case NOT_SENT -> new StepResult.Failed(message);
            case PERHAPS_CARRIED_OUT -> new StepResult.Unknown(message);
          });
    }
  }

  private Halted refusedByHaProxy(String command, String answer) {
    String why =
        answer.startsWith("Permission denied")
            ? "permission denied: give its stats socket 'level admin'"
            : answer.lines().findFirst().orElse("");
    return new Halted(
        new StepResult.Failed("%s refused '%s': %s".formatted(api.named(), command, why)));
  }

  /** Without the zone that Java may append to a link-local address. */
  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
