package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.mysql.Dialect.UnsupportedServerException;
import org.mysqlmanager.observe.ServerObservation.Cause;
import org.mysqlmanager.observe.ServerObservation.CloneState;
import org.mysqlmanager.observe.ServerObservation.CloneStatus;
import org.mysqlmanager.observe.ServerObservation.Identity;
import org.mysqlmanager.observe.ServerObservation.Receiver;
import org.mysqlmanager.observe.ServerObservation.Replication;
import org.mysqlmanager.observe.ServerObservation.Unreachable;
import org.mysqlmanager.reconcile.StepResult;

/** What calls itself a MySQL server may say anything. */
class HostileAnswersTest {
  private static final String HOSTILE = "\u001b]0;owned\u0007 x\n2026-01-01 INFO all is well\u202e";
  private static final String HARMLESS = "?]0;owned? x 2026-01-01 INFO all is well?";

  @Test
  void anAppliersErrorIsShownWithoutTheStatement() {
    String error =
        "Worker 1 failed executing transaction 'u:1' at source log b.1, end_log_pos 9; Error 'Operation CREATE USER failed for 'x'@'%'' on query. Default database: ''. Query: 'CREATE USER 'x'@'%' IDENTIFIED WITH 'caching_sha2_password' AS '$A$005$\n'hash''";
    String shown = ReplicaStatus.withoutStatement(error);
    assertTrue(shown.contains("Operation CREATE USER failed for 'x'"), shown);
    assertFalse(shown.contains("$A$"), shown);
    assertFalse(shown.contains("hash"), shown);
    String rowError = "Could not execute Write_rows event on table app.t; Duplicate entry '1'";
    assertEquals(rowError, ReplicaStatus.withoutStatement(rowError));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "' OR 1=1 --", "3e11fa47-71ca-11e1-9e33-c80aa9429562:0", ":"})
  void aGtidSetThatIsNoneMakesTheServerUnsupportedAndNothingElse(String text) {
    SQLException refused =
        assertThrows(UnsupportedServerException.class, () -> Statements.gtids(text));
    Diagnosis diagnosis =
        Diagnosis.of(refused, "s1", new Account("mm_manager", "x"), "credentials");
    assertEquals(Cause.UNSUPPORTED, diagnosis.cause());
    assertFalse(new Unreachable(diagnosis.cause(), diagnosis.sentence()).isDown());
  }

  @Test
  void aVersionThatIsNoneIsShownAsOneHarmlessLine() {
    SQLException refused =
        assertThrows(UnsupportedServerException.class, () -> Dialect.parse(HOSTILE));
    assertTrue(String.valueOf(refused.getMessage()).contains(HARMLESS), refused.getMessage());
    assertThrows(UnsupportedServerException.class, () -> Dialect.parse("9".repeat(100_000)));
  }

  @Test
  void whatComesFromAServerIsOneLineBeforeAnybodyElseSeesIt() {
    Replication replication =
        new Replication(
            new Endpoint("h", 1),
            HOSTILE,
            Receiver.RUNNING,
            true,
            true,
            GtidSet.parse(""),
            Optional.empty(),
            HOSTILE,
            HOSTILE,
            Optional.empty());
    CloneStatus clone =
        new CloneStatus(true, CloneState.FAILED, HOSTILE, HOSTILE, Optional.empty());
    Identity identity = new Identity(HOSTILE, 1, HOSTILE);
    assertEquals(
        List.of(
            HARMLESS, HARMLESS, HARMLESS, HARMLESS, HARMLESS, HARMLESS, HARMLESS, HARMLESS,
            HARMLESS, HARMLESS),
        List.of(
            replication.sourceUuid(),
            replication.receiverError(),
            replication.applierError(),
            clone.began(),
            clone.error(),
            identity.version(),
            identity.uuid(),
            new Unreachable(Cause.UNSUPPORTED, HOSTILE).detail(),
            new StepResult.Failed(HOSTILE).reason(),
            new StepResult.Unknown(HOSTILE).reason()));
    assertEquals(
        Printable.LONGEST + 3,
        new StepResult.Failed("x".repeat(5_000_000)).reason().length(),
        "it must fit into a znode");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a\nb", "a\0b", " a", "a ", "🐬", "123456789012345678901234567890123"})
  void aUserThatMySqlWouldMakeAnotherOneOfIsRefused(String user) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Account(user, "hunter2"));
    String sentence = String.valueOf(refused.getMessage());
    assertEquals(1, sentence.lines().count(), sentence);
    assertFalse(sentence.contains("hunter2"), sentence);
  }

  @Test
  void aThreadOfTheServersOwnIsToldFromAnAccountOfThatName() {
    assertFalse(new ClientSession(1, "system user", "", "Query").isClients("m"));
    assertFalse(new ClientSession(1, "system user", "connecting host", "Connect").isClients("m"));
    assertFalse(new ClientSession(1, "event_scheduler", "localhost", "Daemon").isClients("m"));
    assertTrue(new ClientSession(1, "system user", "10.0.0.1:5", "Query").isClients("m"));
    assertTrue(new ClientSession(1, "event_scheduler", "10.0.0.1:5", "Query").isClients("m"));
    assertFalse(new ClientSession(1, "m", "10.0.0.1:5", "Query").isClients("m"));
  }
}
