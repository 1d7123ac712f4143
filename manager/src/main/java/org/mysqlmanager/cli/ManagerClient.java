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
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.mysqlmanager.model.Printable;

/** Asks managers over HTTP, one after the other until one answers. Thread-safe. */
final class ManagerClient implements AutoCloseable {
  /** With TLS's handshake, of a JVM that has just begun. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** A password takes a manager a second, and some more if others wait for theirs. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY = 429;

  private final HttpClient http;
  private final ObjectMapper json;
  private final List<URI> managers;
  private final ClientIdentity identity;

  /**
   * @param trusted whose certificates are accepted; empty for those that this JDK trusts
   */
  ManagerClient(
      List<URI> managers,
      ObjectMapper json,
      ClientIdentity identity,
      Optional<SSLContext> trusted) {
    this.managers = List.copyOf(managers);
    this.json = json;
    this.identity = identity;
    // No redirects: credentials are for the address that was named.
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    trusted.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /** What was said, and by whom. */
  record Answer(URI manager, JsonNode body) {}

  /**
   * The answer of the first manager that has one.
   *
   * @throws CommandFailed with exit code 2 if none has, or it refuses
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
    HttpRequest.Builder request =
        HttpRequest.newBuilder(manager.resolve(path))
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", "application/json");
    identity.authorization().ifPresent(header -> request.header("Authorization", header));
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    JsonNode body;
    try {
      body = json.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new IOException("what answers there is no manager", e);
    }
    if (body.hasNonNull("error")) {
      refuse(manager, response, Printable.line(body.path("error").asText()));
    }
    if (response.statusCode() != OK) {
      throw new IOException("HTTP status " + response.statusCode());
    }
    return body;
  }

  /** What another manager would say, too, and what the user can mend. */
  private void refuse(URI manager, HttpResponse<?> response, String error) throws CommandFailed {
    String sentence =
        switch (response.statusCode()) {
          case NOT_FOUND -> error;
          case UNAUTHORIZED ->
              identity.authorization().isPresent()
                  ? "%s refuses: %s.".formatted(manager, error)
                  : "%s refuses: %s. Use --user NAME or --token-file FILE."
                      .formatted(manager, error);
          case FORBIDDEN -> "%s refuses: %s.".formatted(manager, error);
          case TOO_MANY ->
              "%s refuses: %s. It can be tried again in %s s."
                  .formatted(
                      manager, error, response.headers().firstValue("Retry-After").orElse("60"));
          default -> "";
        };
    if (!sentence.isEmpty()) {
      throw new CommandFailed(StatusCommand.UNREACHABLE, sentence);
    }
  }

  private static String cause(IOException failure) {
    return switch (failure) {
      case SSLException _ when isOf(failure, CertificateException.class) ->
          "TLS: its certificate is not trusted, or is of another host: give what signed it with --ca-file, and the host as the certificate names it";
      case SSLException _ -> "TLS: %s; is this an https address?".formatted(failure.getMessage());
      case HttpTimeoutException _ -> "no answer in time";
      case ConnectException _ -> "connection refused, or no such host";
      default ->
          failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    };
  }

  private static boolean isOf(Throwable failure, Class<? extends Throwable> cause) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (cause.isInstance(each)) {
        return true;
      }
    }
    return false;
  }
}
