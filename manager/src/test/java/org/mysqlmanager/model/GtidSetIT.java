package org.mysqlmanager.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.testing.TestingMySql;

/** Arithmetic and text form held against a real server's. */
class GtidSetIT {
  /** Give the seed that a failure prints to repeat it. */
  private static final long SEED = Long.getLong("mysqlmanager.test.seed", System.nanoTime());

  private static final int ROUNDS = 500;

  private static TestingMySql server;
  private static List<String> tags;

  @BeforeAll
  static void startServer() throws Exception {
    server = TestingMySql.start(1);
    tags = server.isAtLeast(8, 3) ? ExplicitGtids.TAGS : ExplicitGtids.UNTAGGED;
    System.out.printf("GtidSetIT: -Dmysqlmanager.test.seed=%d, tags: %s%n", SEED, tags);
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void agreesWithTheServerOnRandomSets() throws Exception {
    Random random = new Random(SEED);
    try (Connection connection = server.connect();
        PreparedStatement ask =
            connection.prepareStatement(
                "SELECT GTID_SUBSET(?, ?), GTID_SUBTRACT(?, ?), GTID_SUBTRACT(?, '')")) {
      for (int round = 0; round < ROUNDS; round++) {
        ExplicitGtids x = ExplicitGtids.random(random, tags);
        ExplicitGtids y = ExplicitGtids.random(random, tags);
        String where = "seed " + SEED + ", round " + round;
        ask.setString(1, x.text());
        ask.setString(2, y.text());
        ask.setString(3, x.text());
        ask.setString(4, y.text());
        ask.setString(5, x.text());
        try (ResultSet answer = ask.executeQuery()) {
          answer.next();
          GtidSet a = x.parsed();
          GtidSet b = y.parsed();
          assertEquals(answer.getBoolean(1), b.contains(a), where);
          assertEquals(onOneLine(answer.getString(2)), a.minus(b).toString(), where);
          assertEquals(onOneLine(answer.getString(3)), a.toString(), where);
          assertEquals(a.minus(b), GtidSet.parse(answer.getString(2)), where);
        }
      }
    }
  }

  @Test
  void agreesWithTheServerOnTheHighestNumbers() throws Exception {
    String uuid = ExplicitGtids.UUIDS.get(1);
    String all = uuid + ":1-" + (Long.MAX_VALUE - 1);
    String hole = uuid + ":2-9:" + (Long.MAX_VALUE - 2);
    assertEquals(
        subtractedByServer(all, hole), GtidSet.parse(all).minus(GtidSet.parse(hole)).toString());
    assertEquals(subtractedByServer(all, ""), GtidSet.parse(all).toString());
  }

  @Test
  void agreesWithTheServerOnAHundredThousandIntervals() throws Exception {
    String uuid = ExplicitGtids.UUIDS.get(1);
    String odd =
        LongStream.range(0, 100_000)
            .mapToObj(i -> Long.toString(1 + 2 * i))
            .collect(Collectors.joining(":", uuid + ":", ""));
    String some = uuid + ":1-1000:5001-7000:150001-160000";
    long begun = System.nanoTime();
    String own = GtidSet.parse(odd).minus(GtidSet.parse(some)).toString();
    System.out.printf(
        "GtidSetIT: 100,000 intervals parsed, subtracted and printed in %d ms%n",
        (System.nanoTime() - begun) / 1_000_000);
    assertEquals(subtractedByServer(odd, some), own);
  }

  private static String subtractedByServer(String from, String what) throws SQLException {
    try (Connection connection = server.connect();
        PreparedStatement ask = connection.prepareStatement("SELECT GTID_SUBTRACT(?, ?)")) {
      ask.setString(1, from);
      ask.setString(2, what);
      try (ResultSet answer = ask.executeQuery()) {
        answer.next();
        return onOneLine(answer.getString(1));
      }
    }
  }

  private static String onOneLine(String text) {
    return text.replace("\n", "");
  }
}
