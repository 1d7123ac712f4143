package org.mysqlmanager.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.mysqlmanager.access.Question;
import org.mysqlmanager.access.Refusal;
import org.mysqlmanager.access.RefusalListener;

/** How many requests were refused since this manager was started, by the reason. */
public final class RefusalMetrics implements RefusalListener {
  private final Counter refusals;

  public RefusalMetrics(PrometheusRegistry registry) {
    refusals =
        Counter.builder()
            .name("mysql_manager_http_refusals_total")
            .help(
                "Requests that were refused: wrong_credentials are failed log-ins; the other reasons are limits and missing roles.")
            .labelNames("reason")
            .register(registry);
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      refusals.initLabelValues(reason.toString()); // so that a rate can be taken of the first one
    }
  }

  @Override
  public void refused(Refusal refusal, Question question) {
    refusals.labelValues(refusal.reason().toString()).inc();
  }
}
