package org.mysqlmanager.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mysqlmanager.containers.Questions.await;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same behind HAProxy, with another configuration mounted over the one in the image. */
@Order(1)
@Timeout(400)
class HaproxyIT {
  /** A build of the image may take longer than the test may. */
  @BeforeEach
  void haveImages() {
    ContainerSystem.requireImagesForHaproxy();
  }

  @Test
  void behindHaproxyAKilledSourceIsReplacedAndRejoins() throws Exception {
    try (ContainerSystem containers = ContainerSystem.withHaproxy()) {
      Questions questions = new Questions(containers);
      try {
        containers.launch();
        bootstrapFailoverRejoin(containers, questions);
      } catch (Exception | AssertionError e) {
        System.err.println(containers.logs(60));
        throw e;
      }
    }
  }

  private static void bootstrapFailoverRejoin(ContainerSystem containers, Questions questions)
      throws Exception {
    awaitRunning(questions, "s1");
    assertEquals(List.of("mysql_readers/s2", "mysql_writer/s1"), questions.haproxyRuntime());
    try (WriteLoad load = new WriteLoad(questions)) {
      load.start();
      load.awaitMore();

      containers.node("s1").kill();
      await("writes go on", () -> questions.haproxyRuntime().contains("mysql_writer/s2"));
      load.awaitMore();

      containers.node("s1").start();
      awaitRunning(questions, "s2");
      load.awaitMore();
      await(
          "routed",
          () -> questions.haproxyRuntime().equals(List.of("mysql_readers/s1", "mysql_writer/s2")));
    }
    assertEquals("0", questions.ask("s2", "SELECT @@read_only + @@super_read_only"));
    assertEquals("1", questions.ask("s1", "SELECT @@read_only"));
    assertEquals("0", questions.ask("s1", "SELECT @@super_read_only"));
    await(
        "the same on both",
        () -> {
          String executed = "SELECT @@GLOBAL.gtid_executed";
          return String.valueOf(questions.ask("s2", executed))
              .equals(questions.ask("s1", executed));
        });
  }

  private static void awaitRunning(Questions questions, String source) {
    await(
        "running with source " + source,
        () ->
            questions.state().path("phase").asText().equals("running")
                && questions.state().path("old_master_joined").asBoolean()
                && questions.state().path("source").asText().equals(source));
  }
}
