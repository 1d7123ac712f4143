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
      String[] fields = line.replace("\\n", "\n").split(" \\| ", -1);
      String edit = fields[1];
      String yaml;
      if (edit.startsWith("+ ")) {
        yaml = TestingConfiguration.LEAST + edit.substring(2);
      } else {
        String[] change = edit.split(" => ", -1);
        assertTrue(TestingConfiguration.LEAST.contains(change[0]), "not in the least: " + line);
        yaml = TestingConfiguration.LEAST.replace(change[0], change[1]);
      }
      return new Mistake(fields[0], yaml, List.of(fields[2].split(" & ", -1)));
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
                  "no clusters", "manager: {id: a}\n", List.of("clusters", "at least one")));
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
            TestingConfiguration.LEAST
                + "server: {applicationConnectors: [{type: https, keyStorePassword: ["
                + secret
                + "]}]}\n");
    for (String yaml : blunders) {
      assertFalse(sentence(yaml).contains(secret), sentence(yaml));
    }
  }

  @Test
  void aPasswordFileThatIsEmptyOrNoTextIsRefused() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty"), "\n");
    assertTrue(sentence(withFile(empty)).contains("password_file " + empty + " is empty"));
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertTrue(sentence(withFile(binary)).contains("not UTF-8"));
    Path lines = Files.writeString(directory.resolve("lines"), "a\nb\n");
    assertTrue(sentence(withFile(lines)).contains("line break"));
    Path big = Files.writeString(directory.resolve("big"), "a".repeat(5000));
    assertTrue(sentence(withFile(big)).contains("4096"));
  }

  private static String withFile(Path file) {
    return least("{password: m1}", "{password_file: " + file + "}");
  }

  private static String least(String from, String to) {
    assertTrue(TestingConfiguration.LEAST.contains(from), from);
    return TestingConfiguration.LEAST.replace(from, to);
  }

  private static String sentence(String yaml) {
    return assertThrows(ConfigurationProblem.class, () -> TestingConfiguration.read(yaml, Map.of()))
        .getMessage();
  }
}
