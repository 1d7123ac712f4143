package org.mysqlmanager.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GtidSetTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String B = "4f22fb58-82db-22f2-af44-d91bba530673";
  private static final long MOST = Long.MAX_VALUE - 1;

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", ",", " , ,\n"})
  void nothingIsTheEmptySet(String text) {
    assertTrue(GtidSet.parse(text).isEmpty());
    assertEquals("", GtidSet.parse(text).toString());
    assertEquals(0, GtidSet.parse(text).count());
  }

  @Test
  void noTextIsTheEmptySet() {
    assertEquals(GtidSet.EMPTY, GtidSet.parse(null));
  }

  @Test
  void readsWhatTheServerPrintsOverSeveralLines() {
    GtidSet set = GtidSet.parse(B + ":1-3:7,\n" + A + ":1-5:blue:1-2:green:4");
    assertEquals(A + ":1-5:blue:1-2:green:4," + B + ":1-3:7", set.toString());
    assertEquals(5 + 2 + 1 + 3 + 1, set.count());
  }

  @Test
  void joinsAdjacentOverlappingAndRepeatedIntervals() {
    assertEquals(A + ":1-9", GtidSet.parse(A + ":4-6:1-3:7-9:2:5-8").toString());
    assertEquals(A + ":1-2:4-5", GtidSet.parse(A + ":4-5:1-2").toString());
    assertEquals(A + ":3", GtidSet.parse(A + ":3-3:3").toString());
    assertEquals(A + ":1-4", GtidSet.parse(A + ":1-2," + A + ":3-4").toString());
  }

  @Test
  void tagsAreOriginsOfTheirOwn() {
    GtidSet untagged = GtidSet.parse(A + ":1-5");
    GtidSet tagged = GtidSet.parse(A + ":blue:1-5");
    assertNotEquals(untagged, tagged);
    assertFalse(untagged.contains(tagged));
    assertEquals(untagged, untagged.minus(tagged));
    assertTrue(untagged.intersect(tagged).isEmpty());
    assertEquals(A + ":1-5:blue:1-5", untagged.union(tagged).toString());
    assertEquals(untagged.union(tagged), GtidSet.parse(A + ":blue:1-5:2," + A + ":1-5"));
  }

  @Test
  void upperCaseAndMissingHyphensAreTheSameServer() {
    GtidSet set = GtidSet.parse(A.replace("-", "").toUpperCase(Locale.ROOT) + ":BLUE:1");
    assertEquals(A + ":blue:1", set.toString());
    assertEquals(set, set.of(A.toUpperCase(Locale.ROOT)));
  }

  @Test
  void hugeIntervalsStayExact() {
    GtidSet all = GtidSet.parse(A + ":1-" + MOST);
    assertEquals(MOST, all.count());
    GtidSet hole = all.minus(GtidSet.parse(A + ":5-" + (MOST - 5)));
    assertEquals(A + ":1-4:" + (MOST - 4) + "-" + MOST, hole.toString());
    assertEquals(all, hole.union(GtidSet.parse(A + ":5-" + (MOST - 5))));
    assertTrue(all.contains(GtidSet.parse(A + ":" + MOST)));
    assertTrue(all.minus(all).isEmpty());
    assertEquals(Long.MAX_VALUE, all.union(GtidSet.parse(B + ":1-" + MOST)).count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "nonsense                                       | 'nonsense'",
        "3e11fa47-71ca-11e1-9e33-c80aa942956:1          | '3e11fa47-71ca-11e1-9e33-c80aa942956'",
        "3e11fa47-71ca-11e1-9e33-c80aa942956g:1         | '3e11fa47-71ca-11e1-9e33-c80aa942956g'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562           | an interval is missing",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:          | ''",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1:        | ''",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:blue      | an interval is missing",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1:blue    | an interval is missing",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:blue:red:1 | 'red'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1blue:1   | '1blue'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:bl-ue:1   | 'bl-ue'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:abcdefghijklmnopqrstuvwxyz_0123456:1 | 'abcdefghijklmnopqrstuvwxyz_0123456'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:0         | '0'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:-1        | '-1'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-        | '1-'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-2-3     | '1-2-3'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:5-3       | '5-3'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1 2       | '1 2'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:9223372036854775807 | '9223372036854775807'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:9999999999999999999 | '9999999999999999999'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:10000000000000000000 | '10000000000000000000'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1,x:2     | 'x'",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1;2       | '1;2'",
      })
  void malformedTextIsRefusedNamingThePart(String text, String named) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> GtidSet.parse(text));
    assertTrue(refused.getMessage().contains(named), refused.getMessage());
  }

  @Test
  void refusalsAreFitForALogLine() {
    String text = A + ":1:\u0000\u001b[31m" + "x".repeat(5000);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> GtidSet.parse(text));
    assertTrue(refused.getMessage().length() < 300, refused.getMessage());
    assertTrue(refused.getMessage().chars().noneMatch(Character::isISOControl));
  }

  @Test
  void survivesTheApplicationsJson() throws Exception {
    ObjectMapper json = Jackson.newObjectMapper();
    record Holder(GtidSet errant) {}
    Holder holder = new Holder(GtidSet.parse(A + ":1-5:blue:2"));
    assertEquals("{\"errant\":\"" + A + ":1-5:blue:2\"}", json.writeValueAsString(holder));
    assertEquals(holder, json.readValue(json.writeValueAsString(holder), Holder.class));
    assertEquals(new Holder(GtidSet.EMPTY), json.readValue("{\"errant\":\"\"}", Holder.class));
  }

  @Test
  void aHundredThousandIntervalsAreQuick() {
    String odd = everySecond(1);
    String even = everySecond(2);
    // Some 100 ms on a slow machine; anything quadratic would need minutes.
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          GtidSet a = GtidSet.parse(odd);
          GtidSet b = GtidSet.parse(even);
          assertEquals(100_000, a.count());
          assertEquals(A + ":1-200000", a.union(b).toString());
          assertEquals(a, a.union(b).minus(b));
          assertEquals(b, b.minus(a));
          assertTrue(a.intersect(b).isEmpty());
          assertTrue(a.union(b).contains(a));
          assertEquals(odd, a.toString());
        });
  }

  private static String everySecond(long from) {
    return LongStream.range(0, 100_000)
        .mapToObj(i -> Long.toString(from + 2 * i))
        .collect(Collectors.joining(":", A + ":", ""));
  }
}
