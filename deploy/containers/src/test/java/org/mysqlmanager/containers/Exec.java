package org.mysqlmanager.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Commands inside containers. */
final class Exec {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private Exec() {}

  /** Waits for the command's end. */
  static Node.Output run(DockerClient client, String container, String... command) {
    StringBuilder text = new StringBuilder();
    String exec = create(client, container, command);
    try {
      boolean ended =
          client
              .execStartCmd(exec)
              .exec(
                  new Lines(part -> {
                    synchronized (text) {
                      text.append(part);
                    }
                  }))
              .awaitCompletion(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        throw new AssertionError(String.join(" ", command) + " did not end within " + DEADLINE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Long status = client.inspectExecCmd(exec).exec().getExitCodeLong();
    synchronized (text) {
      return new Node.Output(status == null ? -1 : status, text.toString());
    }
  }

  /** Hands over what a command prints, until it or its container ends. */
  static void follow(
      DockerClient client, String container, Consumer<String> output, String... command) {
    client.execStartCmd(create(client, container, command)).exec(new Lines(output));
  }

  private static String create(DockerClient client, String container, String... command) {
    return client
        .execCreateCmd(container)
        .withAttachStdout(true)
        .withAttachStderr(true)
        .withCmd(command)
        .exec()
        .getId();
  }

  private static final class Lines extends ResultCallback.Adapter<Frame> {
    private final Consumer<String> output;

    Lines(Consumer<String> output) {
      this.output = output;
    }

    @Override
    public void onNext(Frame frame) {
      output.accept(new String(frame.getPayload(), StandardCharsets.UTF_8));
    }
  }
}
