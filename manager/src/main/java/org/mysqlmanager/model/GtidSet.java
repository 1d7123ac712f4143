package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A set of global transaction identifiers, as in {@code @@gtid_executed}: for each origin (a
 * server's UUID and, since MySQL 8.3, an optional tag) the intervals of transaction numbers.
 *
 * <p>Immutable. The text form is MySQL's own: {@code uuid:1-5:7:tag:1-3,uuid:1}; what is printed is
 * normalised as MySQL normalises it, so two equal sets print the same.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/9.7/en/replication-gtids-concepts.html">GTID
 *     format and storage</a>
 */
public final class GtidSet {
  public static final GtidSet EMPTY = new GtidSet(new TreeMap<>());

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");

  private static final Pattern TAG = Pattern.compile("[a-z_][a-z0-9_]{0,31}");
  private static final Pattern INTERVAL =
      Pattern.compile("([0-9]{1,19})(?:\\s*-\\s*([0-9]{1,19}))?");

  /** By origin; the intervals sorted, disjoint and not adjacent, never an empty list. */
  private final SortedMap<Origin, List<Interval>> intervals;

  private GtidSet(SortedMap<Origin, List<Interval>> intervals) {
    this.intervals = intervals;
  }

  /**
   * Reads MySQL's text form; upper case, and white space around separators (MySQL prints line
   * breaks), are passed over.
   *
   * @throws IllegalArgumentException if it is not a GTID set; the message names the offending part
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static GtidSet parse(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return EMPTY;
    }
    Builder parsed = new Builder();
    for (String member : text.split(",", -1)) {
      if (!member.isBlank()) {
        parseMember(member.strip().toLowerCase(Locale.ROOT), parsed);
      }
    }
    return parsed.build();
  }

  public boolean isEmpty() {
    return intervals.isEmpty();
  }

  /** How many transactions are in the set; {@link Long#MAX_VALUE} if more than that. */
  public long count() {
    long sum = 0;
    for (List<Interval> list : intervals.values()) {
      for (Interval interval : list) {
        try {
          sum = Math.addExact(sum, interval.last - interval.first + 1);
        } catch (ArithmeticException overflow) {
          return Long.MAX_VALUE;
        }
      }
    }
    return sum;
  }

  /** Whether every transaction of the other set is in this one; the empty set is in every set. */
  public boolean contains(GtidSet other) {
    return other.minus(this).isEmpty();
  }

  /**
   * Whether one transaction is in the set.
   *
   * @param uuid of the server where it first ran, in lower case with hyphens
   * @param tag in lower case, empty for none
   */
  public boolean contains(String uuid, String tag, long number) {
    List<Interval> list = intervals.getOrDefault(new Origin(uuid, tag), List.of());
    int low = 0;
    int high = list.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (list.get(middle).last < number) {
        low = middle + 1;
      } else if (list.get(middle).first > number) {
        high = middle - 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** All transactions that are in this set, the other, or both. */
  public GtidSet union(GtidSet other) {
    TreeMap<Origin, List<Interval>> result = new TreeMap<>(intervals);
    other.intervals.forEach((origin, list) ->
        result.merge(
            origin,
            list,
            (mine, theirs) -> {
              List<Interval> both = new ArrayList<>(mine);
              both.addAll(theirs);
              return normalise(both);
            }));
    return new GtidSet(result);
  }

  /** The transactions of this set that are not in the other. */
  public GtidSet minus(GtidSet other) {
    return combine(other, GtidSet::subtract, true);
  }

  /** The transactions that are in both sets. */
  public GtidSet intersect(GtidSet other) {
    return combine(other, (mine, theirs) -> subtract(mine, subtract(mine, theirs)), false);
  }

  /** The part whose transactions first ran on the server with that UUID, with any tag. */
  public GtidSet of(String serverUuid) {
    String uuid = serverUuid.toLowerCase(Locale.ROOT);
    TreeMap<Origin, List<Interval>> result = new TreeMap<>();
    intervals.forEach((origin, list) -> {
      if (origin.uuid.equals(uuid)) {
        result.put(origin, list);
      }
    });
    return new GtidSet(result);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GtidSet set && set.intervals.equals(intervals);
  }

  @Override
  public int hashCode() {
    return intervals.hashCode();
  }

  @Override
  @JsonValue
  public String toString() {
    StringBuilder text = new StringBuilder();
    String previous = "";
    for (Map.Entry<Origin, List<Interval>> entry : intervals.entrySet()) {
      Origin origin = entry.getKey();
      if (!origin.uuid.equals(previous)) {
        text.append(text.isEmpty() ? "" : ",").append(origin.uuid);
        previous = origin.uuid;
      }
      if (!origin.tag.isEmpty()) {
        text.append(':').append(origin.tag);
      }
      entry.getValue().forEach(interval -> text.append(':').append(interval));
    }
    return text.toString();
  }

  /** The set as ranges in the order in which it is printed, for the server's binary form. */
  public List<Range> ranges() {
    List<Range> ranges = new ArrayList<>();
    intervals.forEach((origin, list) ->
        list.forEach(i -> ranges.add(new Range(origin.uuid, origin.tag, i.first, i.last))));
    return List.copyOf(ranges);
  }

  /**
   * Transactions of one origin that follow each other.
   *
   * @param tag empty for none
   * @param first at least 1
   * @param last included
   */
  public record Range(String uuid, String tag, long first, long last) {}

  /** Collects transactions one at a time; cheap when they come in order. Not thread-safe. */
  public static final class Builder {
    private final SortedMap<Origin, List<Interval>> collected = new TreeMap<>();

    /**
     * Adds one transaction.
     *
     * @param uuid of the server where it first ran, in lower case with hyphens
     * @param tag in lower case, empty for none
     */
    public Builder add(String uuid, String tag, long number) {
      return add(new Origin(uuid, tag), new Interval(number, number));
    }

    private Builder add(Origin origin, Interval next) {
      List<Interval> list = collected.computeIfAbsent(origin, _ -> new ArrayList<>());
      if (!list.isEmpty() && list.getLast().last + 1 == next.first) {
        next = new Interval(list.removeLast().first, next.last);
      }
      list.add(next);
      return this;
    }

    public GtidSet build() {
      TreeMap<Origin, List<Interval>> normalised = new TreeMap<>();
      collected.forEach((origin, list) -> normalised.put(origin, normalise(list)));
      return new GtidSet(normalised);
    }
  }

  private GtidSet combine(GtidSet other, BinaryOperator<List<Interval>> both, boolean keepOwn) {
    TreeMap<Origin, List<Interval>> result = new TreeMap<>();
    intervals.forEach((origin, mine) -> {
      List<Interval> theirs = other.intervals.get(origin);
      List<Interval> rest = theirs != null ? both.apply(mine, theirs) : keepOwn ? mine : List.of();
      if (!rest.isEmpty()) {
        result.put(origin, rest);
      }
    });
    return new GtidSet(result);
  }

  private static void parseMember(String member, Builder into) {
    String[] parts = member.split("\\s*:\\s*", -1);
    if (!UUID.matcher(parts[0]).matches()) {
      throw malformed(member, Names.quoted(parts[0]) + " is not a server's UUID");
    }
    String uuid = hyphenated(parts[0]);
    String tag = "";
    boolean wantsInterval = true;
    for (int i = 1; i < parts.length; i++) {
      Matcher interval = INTERVAL.matcher(parts[i]);
      if (interval.matches()) {
        into.add(new Origin(uuid, tag), parseInterval(member, interval));
        wantsInterval = false;
      } else if (TAG.matcher(parts[i]).matches() && (i == 1 || !wantsInterval)) {
        tag = parts[i];
        wantsInterval = true;
      } else {
        throw malformed(member, Names.quoted(parts[i]) + " is neither an interval nor a tag");
      }
    }
    if (wantsInterval) {
      throw malformed(member, "an interval is missing");
    }
  }

  private static Interval parseInterval(String member, Matcher matcher) {
    try {
      long first = Long.parseLong(matcher.group(1));
      String end = matcher.group(2);
      long last = end == null ? first : Long.parseLong(end);
      if (first < 1 || last < first || last == Long.MAX_VALUE) {
        throw malformed(member, "interval '" + matcher.group() + "' is out of range");
      }
      return new Interval(first, last);
    } catch (NumberFormatException e) {
      throw malformed(member, "interval '" + matcher.group() + "' is out of range");
    }
  }

  private static IllegalArgumentException malformed(String member, String why) {
    return new IllegalArgumentException("GTID set member " + Names.quoted(member) + ": " + why);
  }

  private static String hyphenated(String uuid) {
    String digits = uuid.replace("-", "");
    return String.join(
        "-",
        digits.substring(0, 8),
        digits.substring(8, 12),
        digits.substring(12, 16),
        digits.substring(16, 20),
        digits.substring(20));
  }

  /** Sorts the intervals and joins those that overlap or touch. */
  private static List<Interval> normalise(List<Interval> list) {
    List<Interval> sorted = new ArrayList<>(list);
    Collections.sort(sorted);
    List<Interval> joined = new ArrayList<>();
    for (Interval next : sorted) {
      Interval current = joined.isEmpty() ? null : joined.getLast();
      if (current != null && next.first <= current.last + 1) {
        joined.set(
            joined.size() - 1, new Interval(current.first, Math.max(current.last, next.last)));
      } else {
        joined.add(next);
      }
    }
    return List.copyOf(joined);
  }

  /** What of the first remains when the second is taken away; both normalised. */
  private static List<Interval> subtract(List<Interval> from, List<Interval> what) {
    List<Interval> rest = new ArrayList<>();
    int next = 0;
    for (Interval interval : from) {
      long first = interval.first;
      while (next < what.size() && what.get(next).last < first) {
        next++;
      }
      for (int i = next; i < what.size() && what.get(i).first <= interval.last; i++) {
        if (what.get(i).first > first) {
          rest.add(new Interval(first, what.get(i).first - 1));
        }
        first = what.get(i).last + 1;
      }
      if (first <= interval.last) {
        rest.add(new Interval(first, interval.last));
      }
    }
    return List.copyOf(rest);
  }

  /** Where transactions first ran: MySQL sorts by UUID, the untagged before the tagged. */
  private record Origin(String uuid, String tag) implements Comparable<Origin> {
    @Override
    public int compareTo(Origin other) {
      int byUuid = uuid.compareTo(other.uuid);
      return byUuid != 0 ? byUuid : tag.compareTo(other.tag);
    }
  }

  /** Transaction numbers from first to last, both included. */
  private record Interval(long first, long last) implements Comparable<Interval> {
    @Override
    public int compareTo(Interval other) {
      return Long.compare(first, other.first);
    }

    @Override
    public String toString() {
      return first == last ? Long.toString(first) : first + "-" + last;
    }
  }
}
