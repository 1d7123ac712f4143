package org.mysqlmanager.local.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mysqlmanager.local.install.ProxyDistribution;

class CommandLineTest {
  @Test
  void nothingAtAllMeansUpWithTheDefaults() {
    Request.Up up = up();
    assertEquals(Optional.empty(), up.servers());
    assertEquals(Duration.ofSeconds(5), up.checkInterval());
    assertEquals(Optional.empty(), up.proxy());
    assertEquals(Optional.empty(), up.mysql());
    assertEquals(Request.Mode.FOREGROUND, up.mode());
  }

  @Test
  void optionsOfUpAreTakenInBothForms() {
    Request.Up up =
        up(
            "up",
            "--servers",
            "1",
            "--check-interval=500ms",
            "--proxy=haproxy",
            "--mysql",
            "/m",
            "--detach");
    assertEquals(Optional.of(1), up.servers());
    assertEquals(Duration.ofMillis(500), up.checkInterval());
    assertEquals(Optional.of(ProxyDistribution.Kind.HAPROXY), up.proxy());
    assertEquals(Optional.of(Path.of("/m")), up.mysql());
    assertEquals(Request.Mode.DETACH, up.mode());
    assertEquals(Optional.of(2), up("--servers", "2").servers(), "up itself may be left out");
  }

  @Test
  void aSoakTakesItsOptionsAndMakesUpASeedWithoutOne() {
    assertEquals(
        new Request.Soak(
            Duration.ofMinutes(3),
            42,
            3,
            Duration.ofSeconds(2),
            Optional.of(ProxyDistribution.Kind.PROXYSQL),
            Optional.empty(),
            Optional.of(Path.of("/r"))),
        CommandLine.parse(
            List.of(
                "soak",
                "--minutes=3",
                "--seed",
                "42",
                "--servers",
                "3",
                "--check-interval",
                "2s",
                "--proxy",
                "proxysql",
                "--report",
                "/r")));
    Request.Soak soak = (Request.Soak) CommandLine.parse(List.of("soak"));
    assertEquals(Duration.ofMinutes(10), soak.duration());
    assertEquals(Duration.ofSeconds(1), soak.checkInterval());
  }

  @Test
  void otherCommandsAreUnderstood() {
    assertEquals(
        new Request.Act(Request.Action.KILL, "s1"), CommandLine.parse(List.of("kill", "s1")));
    assertEquals(new Request.Down(true), CommandLine.parse(List.of("down", "--purge")));
    assertEquals(new Request.Down(false), CommandLine.parse(List.of("down")));
    assertEquals(
        new Request.Zookeeper(Request.ZookeeperQuestion.GET, "/a"),
        CommandLine.parse(List.of("zk", "get", "/a")));
    assertInstanceOf(Request.Help.class, CommandLine.parse(List.of("up", "--help")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--servers 3|must be 1 or 2",
        "--servers|--servers needs a value",
        "--proxy nginx|there are: auto, proxysql, haproxy",
        "--check-interval 5|must be a time such as 5s",
        "--check-interval 1ms|at least 100ms",
        "--server 2|there are: --servers, --check-interval",
        "up now|there are: --servers",
        "kil s1|there are: up, status, down, zk, soak, help, kill, pause, resume, start, stop",
        "soak --minutes 0|must be a whole number from 1",
        "soak --servers 1|from 2 to 3",
        "soak --detach|there are: --minutes, --seed",
        "kill|NAME of a component is missing",
        "kill s1 s2|one word too many",
        "down --all|there is: --purge",
        "zk put /a|there are: ls, get",
        "zk get a|begins with",
      })
  void misuseIsAnsweredWithWhatWouldBeRight(String words, String answer) {
    UsageException refusal =
        assertThrows(UsageException.class, () -> CommandLine.parse(List.of(words.split(" "))));
    assertTrue(refusal.getMessage().contains(answer), refusal.getMessage());
  }

  @Test
  void exitStatusTellsMisuseFromFailure(@TempDir Path folder) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertEquals(2, LocalCommand.run(folder, List.of("frob", "s1"), System.out, stream));
    assertEquals(1, LocalCommand.run(folder, List.of("kill", "s1"), System.out, stream));
    assertEquals(0, LocalCommand.run(folder, List.of("down"), System.out, stream));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("no local system is running"));
  }

  private static Request.Up up(String... words) {
    return assertInstanceOf(Request.Up.class, CommandLine.parse(List.of(words)));
  }
}
