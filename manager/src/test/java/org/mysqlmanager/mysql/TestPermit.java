package org.mysqlmanager.mysql;

import java.util.concurrent.atomic.AtomicInteger;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.reconcile.Permit;

/** A permit that lasts for so many questions. */
final class TestPermit implements Permit {
  private final Epoch epoch;
  private final AtomicInteger left;

  private TestPermit(long epoch, int questions) {
    this.epoch = new Epoch(epoch);
    this.left = new AtomicInteger(questions);
  }

  static TestPermit of(long epoch) {
    return new TestPermit(epoch, Integer.MAX_VALUE);
  }

  static TestPermit lasting(long epoch, int questions) {
    return new TestPermit(epoch, questions);
  }

  @Override
  public Epoch epoch() {
    return epoch;
  }

  @Override
  public boolean isValid() {
    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }
}
