package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.mysqlmanager.local.process.LocalException;

/** Gives commands to the launcher of the running system. */
record ControlClient(LauncherFile launcher) {
  /** Longer than any start or orderly end takes. */
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /**
   * Gives a command and returns the answer.
   *
   * @throws LocalException when the launcher refuses, with its reason, or does not answer
   */
  String send(String... words) {
    String path =
        Arrays.stream(words)
            .map(word -> URLEncoder.encode(word, StandardCharsets.UTF_8))
            .collect(Collectors.joining("/"));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/%s".formatted(launcher.port(), path)))
            .header(ControlServer.TOKEN_HEADER, launcher.token())
            .timeout(DEADLINE)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new LocalException(answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new LocalException(
          "the launcher of the local system (process %d) does not answer: %s"
              .formatted(launcher.pid(), e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted", e);
    }
  }
}
