package org.mysqlmanager.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The passwords that were found right a short while ago, as keyed hashes, so that one who asks
 * every second does not cost a run of PBKDF2 each time. The key is this process's own and is
 * nowhere else. At most one entry per user: only its one right password is ever kept. Thread-safe.
 */
final class VerifiedPasswords {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private static final class Entry {
    private final byte[] mac;
    private final long untilNanos;

    Entry(byte[] mac, long untilNanos) {
      this.mac = mac;
      this.untilNanos = untilNanos;
    }
  }

  private final Map<String, Entry> byUser = new ConcurrentHashMap<>();
  private final SecretKeySpec key;
  private final LongSupplier nanos;

  VerifiedPasswords(SecureRandom random, LongSupplier nanos) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
    this.nanos = nanos;
  }

  boolean contain(String user, String password) {
    byte[] mac = mac(user, password);
    Entry entry = byUser.get(user);
    return entry != null
        && nanos.getAsLong() - entry.untilNanos < 0
        && MessageDigest.isEqual(mac, entry.mac);
  }

  void add(String user, String password) {
    byUser.put(user, new Entry(mac(user, password), nanos.getAsLong() + KEPT.toNanos()));
  }

  private byte[] mac(String user, String password) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(user.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
