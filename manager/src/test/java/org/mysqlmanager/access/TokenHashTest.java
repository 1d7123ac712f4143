package org.mysqlmanager.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenHashTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void aTokenIsKnownAgainAndNoOther() {
    String token = TokenHash.newToken(RANDOM);
    String text = TokenHash.of(token).print();
    for (String form :
        new String[] {text, "sha256:" + text.substring(7).toUpperCase(Locale.ROOT)}) {
      assertTrue(TokenHash.parse(form).matches(token));
      assertFalse(TokenHash.parse(form).matches(token + "x"));
      assertFalse(TokenHash.parse(form).matches(""));
    }
    assertFalse(TokenHash.of(token).toString().contains(text));
    assertNotEquals(token, TokenHash.newToken(RANDOM));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hunter2",
        "hunter2hunter2hunter2hunter2hun",
        "a b c d e f g h i j k l m n o p q r s t"
      })
  void whatSomebodyThoughtUpIsNoToken(String token) {
    String sentence =
        assertThrows(IllegalArgumentException.class, () -> TokenHash.of(token)).getMessage();
    assertTrue(sentence.contains("make-token"), sentence);
    assertFalse(sentence.contains("hunter2"), sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "sha256:12", "md5:00", "sha256:zz"})
  void whatIsNoSuchHashIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> TokenHash.parse(text));
  }
}
