package org.mysqlmanager.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HashingPlacesTest {
  private final HashingPlaces places = new HashingPlaces(3);

  @Test
  void onePlaceIsKeptForThoseWhoDoNotGuess() {
    assertTrue(places.enter(true));
    assertTrue(places.enter(true));
    assertFalse(places.enter(true));
    assertTrue(places.enter(false));
    assertFalse(places.enter(false));
    places.leave(true);
    assertTrue(places.enter(true));
  }

  @Test
  void whoGetsNoPlaceTakesNone() {
    for (int i = 0; i < 3; i++) {
      assertTrue(places.enter(false));
    }
    for (int i = 0; i < 5; i++) {
      assertFalse(places.enter(true));
    }
    places.leave(false);
    places.leave(false);
    assertTrue(places.enter(true));
    assertTrue(places.enter(true));
  }
}
