package org.mysqlmanager.http;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.HistoryRecord;

/** The answer to {@code GET /clusters/{name}/history}: finished operations, newest first. */
@JsonNaming(SnakeCaseStrategy.class)
record HistoryView(String name, List<RecordView> history) {
  /** One finished operation. */
  @JsonNaming(SnakeCaseStrategy.class)
  record RecordView(
      String kind,
      String reason,
      String result,
      long epoch,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant started,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant finished,
      long tookMillis,
      Map<String, String> choices,
      Map<String, Long> durationsMillis,
      List<OperationView.StepView> stepsDone) {
    static RecordView of(HistoryRecord entry) {
      return new RecordView(
          entry.operation().kindName(),
          entry.operation().why(),
          entry.result(),
          entry.epoch().value(),
          Views.millis(entry.operation().started()),
          Views.millis(entry.finished()),
          Duration.between(entry.operation().started(), entry.finished()).toMillis(),
          OperationView.choices(entry.operation()),
          new TreeMap<>(entry.durationsMillis()),
          entry.operation().done().stream().map(OperationView.StepView::of).toList());
    }
  }

  static HistoryView of(ClusterName cluster, List<HistoryRecord> records) {
    return new HistoryView(cluster.value(), records.stream().map(RecordView::of).toList());
  }
}
