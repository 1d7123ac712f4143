package org.mysqlmanager.proxysql;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * How a password is shown to be known without being sent.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods.html">Authentication
 *     methods</a>
 */
enum Authentication {
  NATIVE("mysql_native_password", "SHA-1") {
    @Override
    byte[] mix(byte[] nonce, byte[] twice) {
      return digest(nonce, twice);
    }
  },
  CACHING_SHA2("caching_sha2_password", "SHA-256") {
    @Override
    byte[] mix(byte[] nonce, byte[] twice) {
      return digest(twice, nonce);
    }
  };

  private final String plugin;
  private final String algorithm;

  Authentication(String plugin, String algorithm) {
    this.plugin = plugin;
    this.algorithm = algorithm;
  }

  String plugin() {
    return plugin;
  }

  /** The method that a server proposes; the older one for any that is not known here. */
  static Authentication of(String plugin) {
    return plugin.equals(CACHING_SHA2.plugin) ? CACHING_SHA2 : NATIVE;
  }

  /** What proves the password to a server that sent this nonce of 20 bytes. */
  byte[] proof(String password, byte[] nonce) {
    if (password.isEmpty()) {
      return new byte[0];
    }
    byte[] once = digest(password.getBytes(StandardCharsets.UTF_8));
    byte[] mask = mix(nonce, digest(once));
    byte[] proof = new byte[once.length];
    for (int i = 0; i < proof.length; i++) {
      proof[i] = (byte) (once[i] ^ mask[i]);
    }
    return proof;
  }

  /** The hash that MySQL and ProxySQL write as {@code *} and 40 hexadecimal digits. */
  static String nativeHash(String password) {
    byte[] twice = NATIVE.digest(NATIVE.digest(password.getBytes(StandardCharsets.UTF_8)));
    return "*" + HexFormat.of().formatHex(twice).toUpperCase(Locale.ROOT);
  }

  abstract byte[] mix(byte[] nonce, byte[] twice);

  final byte[] digest(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
