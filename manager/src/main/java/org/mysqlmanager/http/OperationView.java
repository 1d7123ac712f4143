package org.mysqlmanager.http;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.StepTime;

/**
 * Something that takes several steps, and where it stands.
 *
 * @param reason why it was begun
 * @param choices what was decided once and does not change while it lasts
 */
@JsonNaming(SnakeCaseStrategy.class)
record OperationView(
    String kind,
    String step,
    String reason,
    @JsonFormat(shape = JsonFormat.Shape.STRING) Instant started,
    Map<String, String> choices,
    List<StepView> stepsDone) {
  /** A step that is done. */
  @JsonNaming(SnakeCaseStrategy.class)
  record StepView(
      String step,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant started,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant finished,
      long tookMillis) {
    static StepView of(StepTime time) {
      return new StepView(
          time.step(),
          Views.millis(time.started()),
          Views.millis(time.finished()),
          Duration.between(time.started(), time.finished()).toMillis());
    }
  }

  static OperationView of(Operation operation) {
    return new OperationView(
        operation.kindName(),
        operation.stepName(),
        operation.why(),
        Views.millis(operation.started()),
        choices(operation),
        operation.done().stream().map(StepView::of).toList());
  }

  /** By the names that ZooKeeper's JSON has, too; what is not decided yet is left out. */
  static Map<String, String> choices(Operation operation) {
    Map<String, String> choices = new LinkedHashMap<>();
    switch (operation) {
      case Operation.Bootstrap bootstrap -> choices.put("source", bootstrap.source().value());
      case Operation.Failover failover -> {
        choices.put("old_source", failover.oldSource().value());
        choices.put("candidate", failover.candidate().value());
        putUnlessEmpty(choices, "required", failover.required().toString());
        choices.put("attempts", Integer.toString(failover.attempts()));
        putUnlessEmpty(choices, "last_seen", text(failover.lastSeen()));
        choices.put("first_failure", text(Optional.of(failover.firstFailure())));
        putUnlessEmpty(choices, "promoted_with", failover.promotedWith().toString());
      }
      case Operation.Rejoin rejoin -> {
        choices.put("server", rejoin.server().value());
        choices.put("source", rejoin.source().value());
        putUnlessEmpty(choices, "errant", rejoin.errant().toString());
        putUnlessEmpty(choices, "saved_to", rejoin.savedTo());
      }
    }
    return choices;
  }

  private static void putUnlessEmpty(Map<String, String> choices, String name, String value) {
    if (!value.isEmpty()) {
      choices.put(name, value);
    }
  }

  private static String text(Optional<Instant> instant) {
    return instant.map(Views::millis).map(Instant::toString).orElse("");
  }
}
