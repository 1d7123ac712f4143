package org.mysqlmanager.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.access.Endpoints;
import org.mysqlmanager.access.Question;
import org.mysqlmanager.access.Refusal;
import org.mysqlmanager.access.Refusal.Reason;
import org.mysqlmanager.testing.SeenLog;

class RefusalLogTest {
  private final AtomicLong nanos = new AtomicLong();
  private final RefusalLog log = new RefusalLog(nanos::get);

  @Test
  void aLineTellsMethodAndPathInOneLine() {
    try (SeenLog seen = SeenLog.of(RefusalLog.class)) {
      refuse(Reason.ROLE_MISSING, "POST", "/tasks/re\nsign", "192.0.2.1");
      assertEquals(
          List.of(
              "Refused a request of 192.0.2.1 on the admin port for 'POST /tasks/re sign': role_missing, as 'x'."),
          seen.lines());
    }
  }

  @Test
  void aChangeWithoutCredentialsIsLoggedAndReadingIsNot() {
    try (SeenLog seen = SeenLog.of(RefusalLog.class)) {
      refuse(Reason.NO_CREDENTIALS, "GET", "/clusters", "192.0.2.1");
      assertEquals(List.of(), seen.lines());
      refuse(Reason.NO_CREDENTIALS, "POST", "/tasks/resign", "192.0.2.1");
      assertEquals(1, seen.lines().size());
    }
  }

  @Test
  void oneAddressDoesNotSilenceAnotherAndAllTogetherAreBounded() {
    try (SeenLog seen = SeenLog.of(RefusalLog.class)) {
      for (int i = 0; i < 500; i++) {
        refuse(Reason.WRONG_CREDENTIALS, "GET", "/", "2001:db8::" + i);
      }
      assertEquals(10, seen.lines().size());
      refuse(Reason.WRONG_CREDENTIALS, "GET", "/", "192.0.2.1");
      assertTrue(seen.lines().getLast().contains("192.0.2.1"), seen.lines().toString());
      assertTrue(seen.lines().getLast().contains("490 more"), seen.lines().toString());
      for (int i = 0; i < 500; i++) {
        refuse(Reason.WRONG_CREDENTIALS, "GET", "/", "10.0.%d.%d".formatted(i >> 8, i & 255));
      }
      assertEquals(100, seen.lines().size());
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      refuse(Reason.WRONG_CREDENTIALS, "GET", "/", "2001:db8::1");
      assertEquals(101, seen.lines().size());
      assertFalse(seen.lines().getLast().contains("192.0.2.1"));
    }
  }

  private void refuse(Reason reason, String method, String path, String address) {
    Optional<InetAddress> client = Optional.of(InetAddress.ofLiteral(address));
    log.refused(
        new Refusal(reason, "no", Optional.of("'x'"), Optional.empty()),
        new Question(
            Endpoints.ADMIN,
            method,
            path,
            client,
            client,
            client,
            OptionalLong.empty(),
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }
}
