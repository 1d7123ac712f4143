package org.mysqlmanager.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContextBase;

/** Set arithmetic held against sets in which every transaction is written out by itself. */
@Domain(GtidSetPropertiesTest.Written.class)
class GtidSetPropertiesTest {
  static class Written extends DomainContextBase {
    @Provide
    Arbitrary<ExplicitGtids> written() {
      return Combinators.combine(
              Arbitraries.of(ExplicitGtids.UUIDS),
              Arbitraries.of(ExplicitGtids.TAGS),
              Arbitraries.longs().between(1, 20),
              Arbitraries.longs().between(0, 5),
              Arbitraries.integers().between(0, ExplicitGtids.STYLES - 1))
          .as((uuid, tag, first, more, style) ->
              new ExplicitGtids.Piece(uuid, tag, first, first + more, style))
          .list()
          .ofMaxSize(12)
          .map(ExplicitGtids::new)
          .withoutEdgeCases();
    }
  }

  @Property
  void parsesExactlyTheTransactionsWritten(@ForAll ExplicitGtids a) {
    assertEquals(a.transactions(), ExplicitGtids.transactionsOf(a.parsed()));
    assertEquals(a.transactions().size(), a.parsed().count());
  }

  @Property
  void readsBackWhatItPrints(@ForAll ExplicitGtids a) {
    GtidSet set = a.parsed();
    assertEquals(set, GtidSet.parse(set.toString()));
    assertEquals(set.toString(), GtidSet.parse(set.toString()).toString());
  }

  @Property
  void printsTheSameHoweverItWasWritten(@ForAll ExplicitGtids a) {
    List<ExplicitGtids.Piece> sorted =
        a.pieces().stream()
            .sorted(Comparator.comparing(ExplicitGtids.Piece::text).reversed())
            .toList();
    GtidSet other = new ExplicitGtids(sorted).parsed();
    assertEquals(a.parsed(), other);
    assertEquals(a.parsed().hashCode(), other.hashCode());
    assertEquals(a.parsed().toString(), other.toString());
  }

  @Property
  void rangesAreSortedDisjointAndNotAdjacent(@ForAll ExplicitGtids a) {
    GtidSet.Range previous = null;
    for (GtidSet.Range range : a.parsed().ranges()) {
      assertTrue(range.first() <= range.last(), range::toString);
      if (previous != null) {
        int byUuid = previous.uuid().compareTo(range.uuid());
        int byTag = byUuid != 0 ? byUuid : previous.tag().compareTo(range.tag());
        assertTrue(byTag < 0 || (byTag == 0 && previous.last() + 1 < range.first()));
      }
      previous = range;
    }
  }

  @Property
  void unionHasWhatEitherHas(@ForAll ExplicitGtids a, @ForAll ExplicitGtids b) {
    Set<String> expected = new TreeSet<>(a.transactions());
    expected.addAll(b.transactions());
    assertIs(expected, a.parsed().union(b.parsed()));
  }

  @Property
  void minusHasWhatOnlyTheFirstHas(@ForAll ExplicitGtids a, @ForAll ExplicitGtids b) {
    Set<String> expected = new TreeSet<>(a.transactions());
    expected.removeAll(b.transactions());
    assertIs(expected, a.parsed().minus(b.parsed()));
  }

  @Property
  void intersectHasWhatBothHave(@ForAll ExplicitGtids a, @ForAll ExplicitGtids b) {
    Set<String> expected = new TreeSet<>(a.transactions());
    expected.retainAll(b.transactions());
    assertIs(expected, a.parsed().intersect(b.parsed()));
  }

  @Property
  void containsIsInclusion(@ForAll ExplicitGtids a, @ForAll ExplicitGtids b) {
    assertEquals(a.transactions().containsAll(b.transactions()), a.parsed().contains(b.parsed()));
    assertTrue(a.parsed().union(b.parsed()).contains(b.parsed()));
    assertTrue(a.parsed().contains(a.parsed().intersect(b.parsed())));
  }

  @Property
  void containsOneTransactionExactlyWhenItIsWritten(
      @ForAll ExplicitGtids a, @ForAll ExplicitGtids b) {
    Set<String> mine = a.transactions();
    GtidSet set = a.parsed();
    for (GtidSet.Range range : b.parsed().ranges()) {
      for (long number = range.first() - 1; number <= range.last() + 1; number++) {
        assertEquals(
            mine.contains(range.uuid() + "/" + range.tag() + "/" + number),
            set.contains(range.uuid(), range.tag(), number));
      }
    }
  }

  @Property
  void setLawsHold(@ForAll ExplicitGtids x, @ForAll ExplicitGtids y, @ForAll ExplicitGtids z) {
    GtidSet a = x.parsed();
    GtidSet b = y.parsed();
    GtidSet c = z.parsed();
    assertEquals(a.union(b), b.union(a));
    assertEquals(a.intersect(b), b.intersect(a));
    assertEquals(a.union(b).union(c), a.union(b.union(c)));
    assertEquals(a.intersect(b.union(c)), a.intersect(b).union(a.intersect(c)));
    assertEquals(a.minus(b.union(c)), a.minus(b).minus(c));
    assertEquals(a, a.minus(b).union(a.intersect(b)));
    assertEquals(GtidSet.EMPTY, a.minus(b).intersect(b));
    assertEquals(a, a.union(GtidSet.EMPTY));
    assertEquals(a, a.minus(GtidSet.EMPTY));
    assertEquals(GtidSet.EMPTY, GtidSet.EMPTY.minus(a));
  }

  @Property
  void partsByServerMakeUpTheWhole(@ForAll ExplicitGtids a) {
    GtidSet whole = GtidSet.EMPTY;
    for (String uuid : ExplicitGtids.UUIDS) {
      GtidSet part = a.parsed().of(uuid);
      assertTrue(part.ranges().stream().allMatch(range -> range.uuid().equals(uuid)));
      whole = whole.union(part);
    }
    assertEquals(a.parsed(), whole);
  }

  @Property
  void builtOneByOneInAnyOrderItIsTheSameSet(@ForAll ExplicitGtids a) {
    GtidSet.Builder builder = new GtidSet.Builder();
    for (ExplicitGtids.Piece piece : a.pieces()) {
      for (long number = piece.last(); number >= piece.first(); number--) {
        builder.add(piece.uuid(), piece.tag(), number);
      }
    }
    assertEquals(a.parsed(), builder.build());
  }

  private static void assertIs(Set<String> expected, GtidSet actual) {
    assertEquals(expected, ExplicitGtids.transactionsOf(actual));
    assertEquals(GtidSet.parse(actual.toString()), actual, "not in normal form");
  }
}
