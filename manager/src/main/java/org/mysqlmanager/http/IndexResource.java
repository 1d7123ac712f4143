package org.mysqlmanager.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.reconcile.ManagerStatus;

/** The root: who answers here, and what can be asked. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class IndexResource {
  private final ManagerStatus manager;

  public IndexResource(ManagerStatus manager) {
    this.manager = manager;
  }

  @GET
  public IndexView index() {
    Map<String, String> endpoints = new LinkedHashMap<>();
    endpoints.put("/clusters", "all clusters");
    endpoints.put("/clusters/{name}", "one cluster");
    endpoints.put("/clusters/{name}/history", "its last operations");
    endpoints.put("/metrics", "for Prometheus");
    return new IndexView(
        "MySQL Manager", manager.managerId(), manager.leaderId().orElse(null), endpoints);
  }

  /** The answer to {@code GET /}. */
  @JsonNaming(SnakeCaseStrategy.class)
  record IndexView(
      String application, String manager, @Nullable String leader, Map<String, String> endpoints) {}
}
