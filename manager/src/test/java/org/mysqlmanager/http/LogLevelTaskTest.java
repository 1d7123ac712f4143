package org.mysqlmanager.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLevelTaskTest {
  private static final String NAME = "org.mysqlmanager.http.LogLevelTaskTest$Nobody";

  private final Logger logger = (Logger) LoggerFactory.getLogger(NAME);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final LogLevelTask task = new LogLevelTask(timer);

  @AfterEach
  void stop() {
    timer.shutdownNow();
    logger.setLevel(null);
  }

  @Test
  void theLevelHoldsWithoutADuration() {
    assertTrue(run(Map.of("logger", List.of(NAME), "level", List.of("debug"))).contains("DEBUG"));
    assertEquals(Level.DEBUG, logger.getLevel());
  }

  @Test
  void afterTheLastDurationTheLevelBeforeTheFirstHoldsAgain() {
    logger.setLevel(Level.ERROR);
    for (String duration : List.of("PT24H", "PT1S")) {
      run(
          Map.of(
              "logger", List.of(NAME), "level", List.of("DEBUG"), "duration", List.of(duration)));
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> logger.getLevel() == Level.ERROR);
  }

  @Test
  void whatIsWrongIsNamedAndNothingIsSet() {
    logger.setLevel(Level.ERROR);
    assertWrong("level 'DEBGU'", "level", "DEBGU");
    assertWrong("duration 'abc'", "duration", "abc");
    assertWrong("duration 'PT0S'", "duration", "PT0S");
    assertWrong("duration 'P2D'", "duration", "P2D");
    assertWrong("parameter 'lvl'", "lvl", "1");
    assertWrong("logger 'a b'", "logger", "a b");
    assertWrong("level (missing)", "level");
    assertWrong("level is given more than once", "level", "INFO", "WARN");
    assertWrong("Authorization", "logger", NAME, "org.eclipse.jetty.http");
    assertEquals(Level.ERROR, logger.getLevel());
    assertThrows(IllegalArgumentException.class, () -> run(Map.of("level", List.of("INFO"))));
  }

  /** Otherwise right, with that parameter. */
  private void assertWrong(String part, String name, String... values) {
    Map<String, List<String>> parameters =
        new java.util.HashMap<>(Map.of("logger", List.of(NAME), "level", List.of("DEBUG")));
    parameters.put(name, List.of(values));
    String sentence =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> run(parameters)).getMessage());
    assertTrue(sentence.contains(part), sentence);
  }

  private String run(Map<String, List<String>> parameters) {
    StringWriter text = new StringWriter();
    task.execute(parameters, new PrintWriter(text));
    return text.toString();
  }
}
