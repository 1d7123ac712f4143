package org.mysqlmanager.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;

/**
 * Has errors that Jetty answers itself, where no endpoint is asked, look as all others do: {@code
 * {"error": "a sentence"}}.
 */
final class ErrorSentences extends ErrorHandler {
  private static final String TASKS = "/tasks/";

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  /** With the other headers that protect an answer: they may have been taken away with it. */
  @Override
  protected void generateCacheControl(Response response) {
    AccessHandler.protect(response.getHeaders());
  }

  /** Jetty's message is not shown: it may hold what an exception says. */
  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      @Nullable Throwable cause,
      Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    String body =
        JsonNodeFactory.instance.objectNode().put("error", sentence(request, code)).toString();
    Content.Sink.write(response, true, body, callback);
  }

  private static String sentence(Request request, int code) {
    String path = request.getHttpURI() == null ? "" : Request.getPathInContext(request);
    boolean isTask = path.startsWith(TASKS);
    return switch (code) {
      case HttpStatus.NOT_FOUND_404 ->
          isTask
              ? "there is no task %s: GET /tasks lists them"
                  .formatted(Printable.quoted(path.substring(TASKS.length())))
              : "there is nothing at this path";
      case HttpStatus.METHOD_NOT_ALLOWED_405 ->
          isTask ? "a task is started with POST" : "this method is not allowed here";
      default -> HttpStatus.getMessage(code).toLowerCase(Locale.ROOT);
    };
  }
}
