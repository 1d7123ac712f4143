package org.mysqlmanager.local;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the managers' HTTP API. A manager that does not answer within two seconds is passed over.
 */
final class StatusApi {
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(DEADLINE).build();

  private final String cluster;

  StatusApi(String cluster) {
    this.cluster = cluster;
  }

  /** The cluster as the leader sees it, or else as the first manager does that answers. */
  Optional<JsonNode> status(List<URI> managers) {
    JsonNode first = null;
    for (URI manager : managers) {
      JsonNode answer = get(manager.resolve("/clusters")).orElse(null);
      JsonNode found = answer == null ? null : find(answer);
      if (answer == null || found == null) {
        continue;
      }
      if (answer.path("manager").equals(answer.path("leader"))) {
        return Optional.of(found);
      }
      first = first == null ? found : first;
    }
    return Optional.ofNullable(first);
  }

  /** The finished operations, as the first manager that answers knows them. */
  Optional<JsonNode> history(List<URI> managers) {
    return managers.stream()
        .map(manager -> get(manager.resolve("/clusters/" + cluster + "/history")))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private @Nullable JsonNode find(JsonNode answer) {
    for (JsonNode candidate : answer.path("clusters")) {
      if (cluster.equals(candidate.path("name").asText())) {
        return candidate;
      }
    }
    return null;
  }

  private static Optional<JsonNode> get(URI uri) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(uri).timeout(DEADLINE).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200
          ? Optional.of(JSON.readTree(response.body()))
          : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
