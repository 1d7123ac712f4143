package org.mysqlmanager.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake is answered with one line that names the file, the setting, the value. */
class ConfigurationMistakesTest {
  @TempDir Path directory;

  /**
   * @param expected what the sentence must hold
   */
  record Mistake(String what, String yaml, List<String> expected) {
    /** From a line of {@code mistakes.txt}. */
    static Mistake parse(String line) {
      String[] fields = unescaped(line).split(" \\| ", -1);
      String yaml = TestingConfiguration.LEAST;
      for (String edit : fields[1].split(" & (?=\\+ )", -1)) {
        if (edit.startsWith("+ ")) {
          yaml += edit.substring(2);
        } else {
          String[] change = edit.split(" => ", -1);
          assertTrue(yaml.contains(change[0]), "not in the least: " + line);
          yaml = yaml.replace(change[0], change[1]);
        }
      }
      return new Mistake(fields[0], yaml, List.of(fields[2].split(" & ", -1)));
    }

    /** A backslash before another one is YAML's, not this table's. */
    private static String unescaped(String line) {
      return line.replaceAll("(?<!\\\\)\\\\n", "\n")
          .replace("\\\\", "\\")
          .replace("LONG257", "x".repeat(257))
          .replace("EURO86", "€".repeat(86));
    }

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Mistake> mistakes() throws IOException {
    try (InputStream table = ConfigurationMistakesTest.class.getResourceAsStream("mistakes.txt")) {
      List<Mistake> inTheLeast =
          new String(table.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(Mistake::parse)
              .toList();
      List<Mistake> ofTheWholeFile =
          List.of(
              new Mistake("empty", "", List.of("empty")),
              new Mistake("not a block", "- a\n- b\n", List.of("line 1", "clusters:")),
              new Mistake("indentation", "a:\n  b: /a\n c: b\n", List.of("line 3", "indentation")),
              new Mistake("unclosed quote", "a:\n  b: \"/a\n", List.of("not YAML", "quotes")),
              new Mistake("tab", "a:\n\tb: /a\n", List.of("line 2", "indentation")),
              new Mistake(
                  "no clusters",
                  "zookeeper: {password: z1}\n",
                  List.of("clusters", "at least one")));
      return Stream.concat(ofTheWholeFile.stream(), inTheLeast.stream());
    }
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isAnsweredWithOneSentence(Mistake mistake) {
    String sentence = sentence(mistake.yaml());
    assertEquals(1, sentence.lines().count(), sentence);
    assertTrue(sentence.startsWith("mm.yml"), sentence);
    for (String expected : mistake.expected()) {
      assertTrue(sentence.contains(expected), "'" + expected + "' is not in: " + sentence);
    }
    for (String inside : List.of("org.mysqlmanager", "com.fasterxml", "java.", "Exception", "->")) {
      assertFalse(sentence.contains(inside), sentence);
    }
  }

  @Test
  void noSentenceRepeatsAPassword() {
    String secret = "hunter2";
    List<String> blunders =
        List.of(
            least("manager: {password: m1}", "manager: " + secret),
            least("{password: m1}", "{password: [" + secret + "]}"),
            least("{password: m1}", "{password: \"" + secret + "}"),
            least("{password: m1}", "{password: a: " + secret + ": b}"),
            least("r1", secret.repeat(5)),
            least("{password: o1}", "{user: mm_manager, password: " + secret + "}"),
            // No blank after the colon: the password is a part of the setting's name.
            least("{password: m1}", "{password:" + secret + "}"),
            least("{password: m1}", "{user: u, password=" + secret + "}"),
            least("{password: m1}", "{user: u, password: m1, password=" + secret + ": x}"),
            least("{password: m1}", "{mm_manager, " + secret + "}"),
            least("{password: m1}", "{" + secret + ": 1, " + secret + ": 2, password: m1}"),
            least("{password: m1}", "{password: m1, user: {" + secret + ": 2}}"),
            // To YAML these begin with a character that means something.
            least("{password: m1}", "{password: *" + secret + "}"),
            least("{password: m1}", "{password: &" + secret + "}"),
            least("{password: m1}", "{password: &" + secret + " a, user: &" + secret + " b, x: 1}"),
            least("{password: m1}", "{password: !" + secret + "!x a, user: [b]}"),
            least("{password: m1}", "{password: %" + secret + "}"),
            least("{password: m1}", "{password: @" + secret + "}"),
            least("{password: m1}", "{password: \"\\q" + secret + "\"}"),
            least("{password: m1}", "{password: \"${" + secret + "!}\"}"),
            least("{password: m1}", "{password: \"" + secret + "\\n\"}"),
            least("{password: m1}", "{password: \"" + secret + "\\ud800\"}"),
            least("{password: m1}", "{password: " + secret.repeat(50) + "}"),
            least("{password: r1}", "{password: " + secret + "\ud83d\udc2c}"),
            least("{password: a1}", "{password: \"*" + secret + "\"}")
                + "    proxies: [{name: p, kind: proxysql, host: h}]\n",
            least(
                "{password: o1}",
                "{password: o1}\n  proxy_admin: {password: \"a;" + secret + "\"}"),
            TestingConfiguration.LEAST
                + "server: {applicationConnectors: [{type: https, keyStorePassword: ["
                + secret
                + "]}]}\n");
    for (String yaml : blunders) {
      String sentence = sentence(yaml);
      assertFalse(sentence.contains(secret), sentence);
      assertEquals(1, sentence.lines().count(), sentence);
    }
  }

  @Test
  void aPasswordFileThatIsEmptyOrNoTextIsRefused() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty"), "\n");
    assertTrue(sentence(withFile(empty)).contains("password_file " + empty + " is empty"));
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertTrue(sentence(withFile(binary)).contains("not UTF-8"));
    Path lines = Files.writeString(directory.resolve("lines"), "a\nb\n");
    assertTrue(sentence(withFile(lines)).contains("password_file " + lines + " holds"));
    Path big = Files.writeString(directory.resolve("big"), "a".repeat(5000));
    assertTrue(sentence(withFile(big)).contains("4096"));
  }

  @Test
  void whatIsMissingInTheShippedFileIsNamedWithItsVariables() throws Exception {
    String shipped = Files.readString(Path.of("..", "dropwizard-config.yml"));
    String missing =
        "password and password_file are both empty: give one of them (environment: %s_PASSWORD, %s_PASSWORD_FILE)";
    assertTrue(sentence(shipped).endsWith(missing.formatted("ZOOKEEPER", "ZOOKEEPER")));
    Map<String, String> environment =
        new HashMap<>(Map.of("ZOOKEEPER_PASSWORD", "z1", "MANAGER_PASSWORD", "m1"));
    assertTrue(
        sentence(shipped, environment).endsWith(missing.formatted("REPLICATION", "REPLICATION")));
    environment.put("MANAGER_PASSWORD_FILE", "/secret");
    String both = sentence(shipped, environment);
    assertTrue(
        both.contains("credentials.manager: password and password_file are both given"), both);
    assertTrue(both.endsWith("(environment: MANAGER_PASSWORD, MANAGER_PASSWORD_FILE)"), both);
  }

  private static String withFile(Path file) {
    return least("{password: m1}", "{password_file: " + file + "}");
  }

  private static String least(String from, String to) {
    assertTrue(TestingConfiguration.LEAST.contains(from), from);
    return TestingConfiguration.LEAST.replace(from, to);
  }

  private static String sentence(String yaml) {
    return sentence(yaml, Map.of());
  }

  private static String sentence(String yaml, Map<String, String> environment) {
    return assertThrows(
            ConfigurationProblem.class, () -> TestingConfiguration.read(yaml, environment))
        .getMessage();
  }
}
