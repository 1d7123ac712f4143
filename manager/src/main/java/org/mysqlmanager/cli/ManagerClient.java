package org.mysqlmanager.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks managers over HTTP, one after the other until one answers. Thread-safe. */
final class ManagerClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_TIMEOUT)
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final ObjectMapper json;
  private final List<URI> managers;

  ManagerClient(List<URI> managers, ObjectMapper json) {
    this.managers = List.copyOf(managers);
    this.json = json;
  }

  /** What was said, and by whom. */
  record Answer(URI manager, JsonNode body) {}

  /**
   * The answer of the first manager that has one.
   *
   * @throws CommandFailed with exit code 2 if none has
   */
  Answer ask(String path) throws CommandFailed, InterruptedException {
    List<String> failures = new ArrayList<>();
    for (URI manager : managers) {
      try {
        return new Answer(manager, get(manager, path));
      } catch (IOException e) {
        failures.add(manager + " (" + cause(e) + ")");
      }
    }
    throw new CommandFailed(
        StatusCommand.UNREACHABLE,
        "No manager answers at %s: start one, or name another with --url."
            .formatted(String.join(", ", failures)));
  }

  /** As {@link #ask} but of one manager, and missing where it has no answer. */
  JsonNode askOptional(URI manager, String path) throws CommandFailed, InterruptedException {
    try {
      return get(manager, path);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  @Override
  public void close() {
    http.close();
  }

  private JsonNode get(URI manager, String path)
      throws IOException, CommandFailed, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(manager.resolve(path))
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", "application/json")
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    JsonNode body;
    try {
      body = json.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new IOException("what answers there is no manager", e);
    }
    if (response.statusCode() == NOT_FOUND && body.hasNonNull("error")) {
      throw new CommandFailed(StatusCommand.UNREACHABLE, body.path("error").asText());
    }
    if (response.statusCode() != OK) {
      throw new IOException("HTTP status " + response.statusCode());
    }
    return body;
  }

  private static String cause(IOException failure) {
    return switch (failure) {
      case HttpTimeoutException _ -> "no answer in time";
      case ConnectException _ -> "connection refused, or no such host";
      default ->
          failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    };
  }
}
