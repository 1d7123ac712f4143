package org.mysqlmanager.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.stream.Collectors;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.reconcile.ClusterStatus;
import org.mysqlmanager.reconcile.ManagerStatus;

/** The clusters, as any manager knows them. */
@Path("/clusters")
@Produces(MediaType.APPLICATION_JSON)
public final class ClustersResource {
  private static final int HISTORY_SHOWN = 10;

  private final ManagerStatus manager;

  public ClustersResource(ManagerStatus manager) {
    this.manager = manager;
  }

  @GET
  public ClustersView clusters() {
    return ClustersView.of(manager);
  }

  @GET
  @Path("/{name}")
  public ClusterView cluster(@PathParam("name") String name) {
    return ClusterView.of(manager, find(name));
  }

  @GET
  @Path("/{name}/history")
  public HistoryView history(@PathParam("name") String name) {
    ClusterName cluster = find(name).spec().name();
    return HistoryView.of(cluster, manager.history(cluster, HISTORY_SHOWN));
  }

  private ClusterStatus find(String name) {
    return manager
        .cluster(name)
        .orElseThrow(() ->
            new NotFoundException(
                "there is no cluster %s; known clusters: ".formatted(Printable.quoted(name))
                    + manager.clusters().stream()
                        .map(cluster -> cluster.spec().name().value())
                        .collect(Collectors.joining(", "))));
  }
}
