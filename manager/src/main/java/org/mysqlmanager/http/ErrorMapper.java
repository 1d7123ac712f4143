package org.mysqlmanager.http;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every error is {@code {"error": "a sentence"}}; a stack trace goes to the log only. */
public final class ErrorMapper implements ExceptionMapper<Throwable> {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorMapper.class);

  @Override
  public Response toResponse(Throwable failure) {
    return switch (failure) {
      case WebApplicationException refused when refused.getResponse().getStatus() < 500 ->
          refused(refused);
      default -> internal(failure);
    };
  }

  private static Response refused(WebApplicationException refused) {
    Response original = refused.getResponse();
    Response.ResponseBuilder response = json(original.getStatus(), sentence(refused));
    String allowed = original.getHeaderString(HttpHeaders.ALLOW);
    if (allowed != null) {
      response.header(HttpHeaders.ALLOW, allowed);
    }
    return response.build();
  }

  private static String sentence(WebApplicationException refused) {
    boolean isJerseysOwn = String.valueOf(refused.getMessage()).startsWith("HTTP ");
    return switch (refused) {
      case NotFoundException _ when isJerseysOwn ->
          "there is nothing at this path; GET / lists what there is";
      case NotAllowedException _ when isJerseysOwn ->
          "this method is not allowed here: use " + HttpMethod.GET;
      case NotAcceptableException _ when isJerseysOwn ->
          "this can be had as JSON only, /metrics as text only: mend the Accept header";
      default -> String.valueOf(refused.getMessage());
    };
  }

  private static Response internal(Throwable failure) {
    String id = Long.toHexString(ThreadLocalRandom.current().nextLong());
    LOG.error("A request failed ({}).", id, failure);
    return json(500, "internal error; the manager's log has it under " + id).build();
  }

  private static Response.ResponseBuilder json(int status, String sentence) {
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(Map.of("error", sentence));
  }
}
