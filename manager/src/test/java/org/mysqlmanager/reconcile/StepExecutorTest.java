package org.mysqlmanager.reconcile;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.mysqlmanager.reconcile.FakePorts.PERMIT;
import static org.mysqlmanager.reconcile.FakePorts.S1;
import static org.mysqlmanager.reconcile.FakePorts.S2;
import static org.mysqlmanager.reconcile.FakePorts.U1;
import static org.mysqlmanager.reconcile.FakePorts.behind;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.decide.Step;
import org.mysqlmanager.model.GtidSet;

/** Steps that go on in the background. */
class StepExecutorTest {
  private static final Step SAVE_S1 =
      new Step.SaveErrantTransactions(S1, "", GtidSet.parse(U1 + ":11-20"));

  private record End(Step step, StepResult result) {}

  private final FakePorts ports = new FakePorts();
  private final Members members = new Members(ports.spec, ports.connector());
  private final List<End> ends = new CopyOnWriteArrayList<>();
  private final StepExecutor executor =
      new StepExecutor(
          new JdkThreads(),
          new FakePorts.EmptyArchive(),
          new FakePorts.FakeLeadership(),
          (step, result, _) -> ends.add(new End(step, result)));
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void endAllSteps() {
    gate.countDown();
  }

  private StepResult execute(Step step) {
    return executor.execute(step, members, PERMIT);
  }

  @Test
  void transactionsAreSavedInTheBackgroundOnceAtATime() {
    ports.s1.save = behind(gate, () -> new StepResult.Failed("disk full"));
    assertEquals(StepResult.DONE, execute(SAVE_S1));
    await().until(() -> ports.s1.saves.get() == 1);
    assertEquals(StepResult.DONE, execute(SAVE_S1));
    assertEquals(List.of(), ends);

    gate.countDown();
    await().until(() -> !ends.isEmpty());
    assertEquals(List.of(new End(SAVE_S1, new StepResult.Failed("disk full"))), ends);
    assertEquals(1, ports.s1.saves.get());

    execute(SAVE_S1);
    await().until(() -> ends.size() == 2);
    assertEquals(2, ports.s1.saves.get(), "what has ended can be begun again");
  }

  @Test
  void backgroundWorkHoldsUpNeitherAnotherKindNorAnotherServer() {
    ports.s1.save = behind(gate, () -> StepResult.DONE);
    Step copyS1 = new Step.CloneFrom(S1, S2);
    Step saveS2 = new Step.SaveErrantTransactions(S2, "", GtidSet.parse(U1 + ":11-20"));
    execute(SAVE_S1);
    execute(copyS1);
    await().until(() -> ends.contains(new End(copyS1, StepResult.DONE)));
    execute(saveS2);
    await().until(() -> ends.contains(new End(saveS2, StepResult.DONE)));
    assertEquals(2, ends.size());
  }

  @Test
  void aBugInTheBackgroundIsToldAsAFailureAndDoesNotBlockTheNextAttempt() {
    ports.s1.save =
        () -> {
          throw new NoClassDefFoundError("org/mysqlmanager/mysql/BinlogDump");
        };
    execute(SAVE_S1);
    await().until(() -> ends.size() == 1);
    assertInstanceOf(StepResult.Failed.class, ends.getFirst().result());

    ports.s1.save = () -> StepResult.DONE;
    execute(SAVE_S1);
    await().until(() -> ends.contains(new End(SAVE_S1, StepResult.DONE)));
  }
}
