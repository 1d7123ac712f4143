package org.mysqlmanager.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.reconcile.ManagerStatus;

/** {@code GET /metrics}: Prometheus's text format, or OpenMetrics where the scraper asks for it. */
@Path("/metrics")
public final class MetricsResource {
  private final ManagerStatus manager;
  private final PrometheusRegistry registry;
  private final ExpositionFormats formats = ExpositionFormats.init();

  public MetricsResource(ManagerStatus manager, PrometheusRegistry registry) {
    this.manager = manager;
    this.registry = registry;
  }

  @GET
  public Response scrape(@HeaderParam(HttpHeaders.ACCEPT) @Nullable String accept)
      throws IOException {
    ExpositionFormatWriter writer = formats.findWriter(accept);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean openMetrics = writer instanceof OpenMetricsTextFormatWriter;
    body.writeBytes(
        ClusterTotals.text(manager.clusters(), openMetrics).getBytes(StandardCharsets.UTF_8));
    writer.write(body, registry.scrape());
    return Response.ok(body.toByteArray(), writer.getContentType()).build();
  }
}
