package org.mysqlmanager.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int FEW = 10_000;

  @ParameterizedTest
  @ValueSource(strings = {"a", "pass word", "'\"\\$%;:#", "wörd €", "😀", " ", "x y\u00a0"})
  void aPasswordIsKnownAgainAndNoOther(String password) {
    PasswordHash hash =
        PasswordHash.parse(PasswordHash.of(password.toCharArray(), FEW, RANDOM).print());
    assertTrue(hash.matches(password.toCharArray()));
    assertFalse(hash.matches((password + "x").toCharArray()));
    assertFalse(hash.matches(new char[0]));
    assertFalse(hash.matches(new char[] {'\0'}));
  }

  /** Made with {@code python3 -c "hashlib.pbkdf2_hmac('sha256', …)"}. */
  @Test
  void theFormIsPbkdf2OfTheUtf8Text() {
    PasswordHash hash =
        PasswordHash.parse(
            "pbkdf2-sha256:10000:AAECAwQFBgcICQoLDA0ODw:Cmc17BJvycs7w8Q0tIcMPA4_D6xHytpN91rW-qSIhOY");
    assertTrue(hash.matches("wörd €".toCharArray()));
  }

  @Test
  void nothingInTheFormMeansAnythingToAShellOrToYaml() {
    for (int i = 0; i < 50; i++) {
      String text = PasswordHash.of("x".toCharArray(), FEW, RANDOM).print();
      assertTrue(text.matches("[A-Za-z0-9:_-]+"), text);
    }
  }

  @Test
  void eachHashHasASaltOfItsOwnAndIsNotPrinted() {
    PasswordHash first = PasswordHash.of("x".toCharArray(), FEW, RANDOM);
    PasswordHash second = PasswordHash.of("x".toCharArray(), FEW, RANDOM);
    assertNotEquals(first.print(), second.print());
    assertEquals("PasswordHash[10000 iterations]", first.toString());
    assertThrows(IllegalArgumentException.class, () -> PasswordHash.of(new char[0], FEW, RANDOM));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hunter2",
        "$2y$10$abcdefghijklmnopqrstuv",
        "pbkdf2-sha256:9999:AAECAwQFBgcICQoLDA0ODw:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256:99999999:AAECAwQFBgcICQoLDA0ODw:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256:10000:short:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256:10000:AAECAwQFBgcICQoLDA0OD:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha512:10000:AAECAwQFBgcICQoLDA0ODw:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void whatIsNoSuchHashIsRefusedWithoutRepeatingIt(String text) {
    String sentence =
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.parse(text)).getMessage();
    assertTrue(text.isEmpty() || !sentence.contains(text), sentence);
  }
}
