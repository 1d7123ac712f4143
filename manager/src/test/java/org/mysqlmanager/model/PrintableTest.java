package org.mysqlmanager.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void leavesAnOrdinarySentenceAlone() {
    String sentence = "s1 (127.0.0.1:3306) refuses user 'mm_üñ🐬': check   it; \\ % ${x}";
    assertEquals(sentence, Printable.line(sentence));
    assertEquals("", Printable.line(null));
    assertEquals("", Printable.line(" \n "));
  }

  @Test
  void aForgedLogLineStaysInTheLineItCameIn() {
    assertEquals(
        "Duplicate entry 'x 2026-01-01 INFO all is well' for key",
        Printable.line("Duplicate entry 'x\r\n2026-01-01\tINFO all is well' for key\n"));
    assertEquals(
        "a b c d e", Printable.line("a\u2028b\u2029c\u000bd\u0085e".replace('\u0085', '\f')));
  }

  @Test
  void nothingReachesTheTerminalAsACommand() {
    assertEquals("a?[31mred?[0m", Printable.line("a\u001b[31mred\u001b[0m"));
    assertEquals("?2J", Printable.line("\u009b2J"), "the eight-bit form of the same");
    assertEquals("a?b?c?", Printable.line("a\u0007b\bc\u007f"));
    assertEquals("abc?fed", Printable.line("abc\u202efed"), "text that runs backwards");
    assertEquals("s?1", Printable.line("s\u200b1"), "what nobody sees");
    assertEquals("?", Printable.line("\ud800"));
  }

  @Test
  void isBounded() {
    assertEquals(Printable.LONGEST + 3, Printable.line("x".repeat(1_000_000)).length());
    assertTrue(Printable.line("x".repeat(1001)).endsWith("x..."));
    assertFalse(Printable.line("x".repeat(1000)).endsWith("..."));
    assertEquals("'" + "🐬".repeat(80) + "...'", Printable.quoted("🐬".repeat(81)));
  }

  @Property
  void whateverComesInOneCleanLineComesOut(@ForAll("anything") String text) {
    String line = Printable.line(text);
    assertTrue(line.codePoints().allMatch(PrintableTest::isClean), line);
    assertTrue(line.codePointCount(0, line.length()) <= Printable.LONGEST + 3);
    assertEquals(line, Printable.line(line), "once is enough");
  }

  @Provide
  Arbitrary<String> anything() {
    return Arbitraries.strings().ofMaxLength(50);
  }

  private static boolean isClean(int character) {
    int type = Character.getType(character);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.SURROGATE;
  }
}
