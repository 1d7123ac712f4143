package org.mysqlmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.Security;
import org.junit.jupiter.api.Test;

/** The JVM reads these once, so that their effect is not seen here. */
class NameCacheTest {
  @Test
  void whatTheNameServiceLastSaidOutlivesItForAsLongAsAFailoverNeedsToBegin() {
    ManagerApplication.limitNameCache();
    assertEquals("5", Security.getProperty("networkaddress.cache.ttl"));
    assertEquals("1", Security.getProperty("networkaddress.cache.negative.ttl"));
    int stale = Integer.parseInt(Security.getProperty("networkaddress.cache.stale.ttl"));
    assertTrue(stale >= 30 && stale <= 60, "stale for " + stale + " s");
  }
}
