package org.mysqlmanager.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.reconcile.StepResult;

class FileTransactionArchiveTest {
  private static final ClusterName MAIN = new ClusterName("main");
  private static final ServerId S1 = new ServerId("s1");
  private static final GtidSet SET = GtidSet.parse("00000000-0000-0000-0000-000000000001:1-9");

  @TempDir Path directory;

  @Test
  void aManagerFindsAfterARestartWhatItHasSaved() throws Exception {
    FileTransactionArchive archive = open();
    Path file = archive.fileFor(MAIN, S1, "", SET);
    Files.writeString(file, "binary log");
    assertEquals(StepResult.DONE, archive.record(MAIN, S1, "", SET));
    SavedTransactions saved = open().saved(MAIN, S1).getFirst();
    assertEquals(SET, saved.transactions());
    assertEquals("manager-1:" + file, saved.place());
    assertEquals(List.of(), open().saved(MAIN, new ServerId("s2")));
  }

  @Test
  void aFileWithoutItsLabelDoesNotCount() throws Exception {
    Files.writeString(open().fileFor(MAIN, S1, "", SET), "half a binary log");
    assertEquals(List.of(), open().saved(MAIN, S1));
  }

  @Test
  void aLabelThatCannotBeUnderstoodDoesNotStopTheManager() throws Exception {
    Path file = open().fileFor(MAIN, S1, "", SET);
    Files.writeString(file, "binary log");
    Files.writeString(file.resolveSibling(file.getFileName() + ".json"), "{oops");
    assertEquals(List.of(), open().saved(MAIN, S1));
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() {
    FileTransactionArchive archive =
        new FileTransactionArchive(directory.resolve("missing"), "manager-1", Clock.systemUTC());
    StepResult.Failed failed =
        assertInstanceOf(StepResult.Failed.class, archive.record(MAIN, S1, "", SET));
    assertTrue(failed.reason().contains("errant_transactions_directory"), failed.reason());
  }

  @Test
  void theSameGtidsInOtherDataAreOtherTransactions() throws Exception {
    FileTransactionArchive archive = open();
    Path before = archive.fileFor(MAIN, S1, "", SET);
    Path after = archive.fileFor(MAIN, S1, "2026-01-02 03:04:05.678", SET);
    assertNotEquals(before, after);
    Files.writeString(before, "binary log");
    archive.record(MAIN, S1, "", SET);
    assertEquals(
        List.of(""), open().saved(MAIN, S1).stream().map(SavedTransactions::data).toList());
    Files.writeString(after, "another binary log");
    archive.record(MAIN, S1, "2026-01-02 03:04:05.678", SET);
    assertEquals(2, open().saved(MAIN, S1).size());
  }

  private FileTransactionArchive open() {
    return new FileTransactionArchive(directory, "manager-1", Clock.systemUTC());
  }
}
