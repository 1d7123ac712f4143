package org.mysqlmanager.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.mysqlmanager.access.Address;
import org.mysqlmanager.access.Endpoints;
import org.mysqlmanager.access.Gate;
import org.mysqlmanager.access.Question;
import org.mysqlmanager.access.Refusal;
import org.mysqlmanager.access.Refusal.Reason;
import org.mysqlmanager.access.RefusalListener;
import org.mysqlmanager.access.Verdict;

/**
 * Stands before everything that answers on a port, servlets that others wrote included: asks the
 * {@link Gate}, and tells browsers to make nothing of an answer but what it is.
 */
public final class AccessHandler extends Handler.Wrapper {
  /**
   * Set by Jetty's gzip handler, which has replaced Content-Encoding by the time we see a request.
   */
  private static final String INFLATED = "X-Content-Encoding";

  /** What proxies add to a request that they pass on. */
  private static final List<String> PASSED_ON =
      List.of(
          "Forwarded",
          "Via",
          "X-Real-IP",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto");

  private final Endpoints endpoints;
  private final Gate gate;
  private final RefusalListener refusals;

  public AccessHandler(Endpoints endpoints, Gate gate, RefusalListener refusals) {
    this.endpoints = endpoints;
    this.gate = gate;
    this.refusals = refusals;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    protect(response.getHeaders());
    Question question = question(request);
    return switch (gate.decide(question)) {
      case Verdict.Allowed allowed -> {
        if (!question.isReading()) {
          Request.addCompletionListener(
              request, _ -> ChangeLog.answered(allowed.who(), question, response.getStatus()));
        }
        yield super.handle(request, response, callback);
      }
      case Verdict.Refused refused -> {
        refusals.refused(refused.refusal(), question);
        answer(refused.refusal(), response, callback);
        yield true;
      }
    };
  }

  /** No guessing of types, no storing, no frames, no scripts: everything here is plain data. */
  static void protect(HttpFields.Mutable headers) {
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    headers.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Referrer-Policy", "no-referrer");
  }

  private Question question(Request request) {
    HttpFields headers = request.getHeaders();
    EndPoint connection = connection(request);
    Optional<InetAddress> connected = address(connection.getRemoteSocketAddress());
    long length = headers.getLongField(HttpHeader.CONTENT_LENGTH);
    return new Question(
        endpoints,
        request.getMethod(),
        Request.getPathInContext(request),
        address(connection.getLocalSocketAddress()),
        // With useForwardedHeaders, what the proxy says; it may say no address, but "unknown".
        address(request.getConnectionMetaData().getRemoteSocketAddress()).or(() -> connected),
        connected,
        length < 0 ? OptionalLong.empty() : OptionalLong.of(length),
        headers.contains(HttpHeader.TRANSFER_ENCODING)
            || headers.contains(HttpHeader.CONTENT_ENCODING)
            || headers.contains(INFLATED),
        PASSED_ON.stream().anyMatch(headers::contains),
        Optional.ofNullable(headers.get(HttpHeader.HOST)),
        Optional.ofNullable(headers.get(HttpHeader.ORIGIN)),
        Optional.ofNullable(headers.get("Sec-Fetch-Site")),
        Optional.ofNullable(headers.get(HttpHeader.AUTHORIZATION)));
  }

  /** The connection itself: neither TLS nor a header of the proxy protocol around it. */
  private static EndPoint connection(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    return endPoint;
  }

  private static Optional<InetAddress> address(SocketAddress end) {
    return Optional.ofNullable(Address.of(end));
  }

  private static void answer(Refusal refusal, Response response, Callback callback) {
    response.setStatus(refusal.reason().status());
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, "application/json");
    if (refusal.reason().status() == Reason.NO_CREDENTIALS.status()) {
      headers.add(
          new HttpField(
              HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"MySQL Manager\", charset=\"UTF-8\""));
      headers.add(new HttpField(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"MySQL Manager\""));
    }
    if (refusal.reason() == Reason.METHOD) {
      headers.put(HttpHeader.ALLOW, "GET, HEAD, OPTIONS, POST");
    }
    refusal
        .retryAfter()
        .ifPresent(wait ->
            headers.put(
                HttpHeader.RETRY_AFTER,
                1 + TimeUnit.MILLISECONDS.toSeconds(Math.max(0, wait.toMillis() - 1))));
    String body = JsonNodeFactory.instance.objectNode().put("error", refusal.sentence()).toString();
    Content.Sink.write(response, true, body, callback);
  }
}
