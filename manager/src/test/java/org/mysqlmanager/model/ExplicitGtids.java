package org.mysqlmanager.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The naive model that {@link GtidSet} is held against: every transaction written out by itself. As
 * pieces it also keeps how a person or a server might have written the set: any order, overlapping,
 * adjacent, upper case, white space.
 */
record ExplicitGtids(List<Piece> pieces) {
  static final List<String> UUIDS =
      List.of(
          "00000000-0000-0000-0000-00000000000a",
          "3e11fa47-71ca-11e1-9e33-c80aa9429562",
          "ffffffff-ffff-ffff-ffff-ffffffffffff");
  static final List<String> UNTAGGED = List.of("");
  static final List<String> TAGS = List.of("", "_", "a", "ab_1", "z9".repeat(16));

  /** Some transactions in a row; {@code style} chooses how they are written. */
  record Piece(String uuid, String tag, long first, long last, int style) {
    String text() {
      String interval = first == last && (style & 1) == 0 ? "" + first : first + "-" + last;
      String text = uuid + (tag.isEmpty() ? "" : ":" + tag) + ":" + interval;
      return switch (style >> 1) {
        case 1 -> text.toUpperCase(Locale.ROOT);
        case 2 -> text.replace(":", " : ");
        case 3 -> "\n" + text + "\r\n\t";
        default -> text;
      };
    }
  }

  static final int STYLES = 8;

  static ExplicitGtids random(Random random, List<String> tags) {
    List<Piece> pieces = new ArrayList<>();
    for (int count = random.nextInt(12); count > 0; count--) {
      long first = 1 + random.nextInt(20);
      pieces.add(
          new Piece(
              UUIDS.get(random.nextInt(UUIDS.size())),
              tags.get(random.nextInt(tags.size())),
              first,
              first + random.nextInt(6),
              random.nextInt(STYLES)));
    }
    return new ExplicitGtids(pieces);
  }

  String text() {
    return pieces.stream().map(Piece::text).collect(Collectors.joining(","));
  }

  GtidSet parsed() {
    return GtidSet.parse(text());
  }

  Set<String> transactions() {
    Set<String> all = new TreeSet<>();
    for (Piece piece : pieces) {
      LongStream.rangeClosed(piece.first, piece.last)
          .forEach(number -> all.add(piece.uuid + "/" + piece.tag + "/" + number));
    }
    return all;
  }

  /** The transactions of a set, written out by themselves. */
  static Set<String> transactionsOf(GtidSet set) {
    return new ExplicitGtids(
            set.ranges().stream()
                .map(range -> new Piece(range.uuid(), range.tag(), range.first(), range.last(), 0))
                .toList())
        .transactions();
  }
}
