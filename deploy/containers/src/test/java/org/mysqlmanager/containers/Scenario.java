package org.mysqlmanager.containers;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A test with the shared system: it is well at the beginning. */
@Timeout(400)
@ExtendWith(Scenario.Evidence.class)
abstract class Scenario {
  /** For scenarios that take longer, or that others nearly cover. */
  static final String ALL = "mysqlmanager.containers.scenarios";

  static final String ALL_REASON = "skipped by default to save time: run with -Pcontainers";

  SharedSystem system;
  Questions questions;
  ContainerSystem containers;
  private long begun;

  @BeforeEach
  final void begin() throws Exception {
    system = SharedSystem.get();
    questions = system.questions;
    containers = system.containers;
    begun = System.nanoTime();
    system.recover();
  }

  @AfterEach
  final void sayHowLong(TestInfo test) {
    if (system != null) {
      System.err.printf(
          "containers: %s took %.1f s%n",
          test.getDisplayName(), Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1e3);
    }
  }

  /** Says what there is to see when a test has failed. */
  static final class Evidence implements AfterTestExecutionCallback {
    @Override
    public void afterTestExecution(ExtensionContext context) {
      context
          .getExecutionException()
          .filter(thrown -> !SharedSystem.isSkip(thrown))
          .ifPresent(_ -> {
            if (context.getRequiredTestInstance() instanceof Scenario scenario) {
              System.err.println(scenario.system.evidence());
            }
          });
    }
  }
}
