package org.mysqlmanager.proxysql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationTest {
  private static final byte[] NONCE = "abcdefghijklmnopqrst".getBytes(StandardCharsets.US_ASCII);

  /** As {@code SELECT PASSWORD('…')} of a MySQL 5.7 gives it. */
  @ParameterizedTest
  @CsvSource({
    "password, *2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19",
    "root, *81F5E21E35407D884A6CD4A731AEBFB6AF209E1B",
  })
  void hashesAsMySqlDoes(String password, String hash) {
    assertEquals(hash, Authentication.nativeHash(password));
  }

  @Test
  void provesNothingForAnEmptyPassword() {
    assertEquals(0, Authentication.NATIVE.proof("", NONCE).length);
    assertEquals(0, Authentication.CACHING_SHA2.proof("", NONCE).length);
  }

  /** A server knows the hash of the hash: it takes the proof apart and compares. */
  @Test
  void proofCanBeCheckedByServerThatKnowsDoubleHash() {
    byte[] proof = Authentication.NATIVE.proof("päss'w\\ord", NONCE);
    byte[] once = Authentication.NATIVE.digest("päss'w\\ord".getBytes(StandardCharsets.UTF_8));
    byte[] twice = Authentication.NATIVE.digest(once);
    byte[] mask = Authentication.NATIVE.digest(NONCE, twice);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= mask[i];
    }
    assertEquals(HexFormat.of().formatHex(once), HexFormat.of().formatHex(proof));
  }
}
