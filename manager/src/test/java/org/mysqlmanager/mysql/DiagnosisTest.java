package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mysqlmanager.observe.ServerObservation.Cause;

class DiagnosisTest {
  private static final Account ACCOUNT = new Account("mm_manager", "secret");

  @ParameterizedTest
  @CsvSource({
    "1040, TOO_MANY_CONNECTIONS",
    "1203, TOO_MANY_CONNECTIONS",
    "1226, TOO_MANY_CONNECTIONS",
    "1045, ACCESS_DENIED",
    "1698, ACCESS_DENIED",
    "1044, ACCESS_DENIED",
    "1142, ACCESS_DENIED",
    "1227, ACCESS_DENIED",
    "3118, ACCESS_DENIED",
    "1820, ACCESS_DENIED",
    "1862, ACCESS_DENIED",
    "1129, ACCESS_DENIED",
    "1130, ACCESS_DENIED",
    "1053, NOT_READY",
    "3168, NOT_READY",
    "3032, NOT_READY",
    "1205, UNSUPPORTED",
    "1146, UNSUPPORTED",
    "3159, TLS_FAILED"
  })
  void knowsWhatTheServerSays(int number, Cause cause) {
    Diagnosis diagnosis = of(new SQLException("said so", "HY000", number));
    assertEquals(cause, diagnosis.cause());
    assertTrue(diagnosis.sentence().startsWith("s1 (h:3306)"), diagnosis.sentence());
    assertFalse(diagnosis.sentence().contains("secret"));
  }

  @ParameterizedTest
  @MethodSource
  void knowsWhatTheNetworkDoes(Throwable inner, Cause cause) {
    SQLException error =
        new SQLException("Communications link failure", "08S01", new RuntimeException(inner));
    assertEquals(cause, of(error).cause());
  }

  static Stream<Arguments> knowsWhatTheNetworkDoes() {
    SSLHandshakeException broken = new SSLHandshakeException("Remote host terminated");
    broken.initCause(new EOFException());
    return Stream.of(
        Arguments.of(new ConnectException("Connection refused"), Cause.CONNECTION_FAILED),
        Arguments.of(new SocketException("Connection reset"), Cause.CONNECTION_FAILED),
        Arguments.of(new EOFException(), Cause.CONNECTION_FAILED),
        Arguments.of(broken, Cause.CONNECTION_FAILED),
        Arguments.of(new SocketTimeoutException("Read timed out"), Cause.TIMED_OUT),
        Arguments.of(new UnknownHostException("h"), Cause.UNKNOWN_HOST),
        Arguments.of(new SSLHandshakeException("certificate expired"), Cause.TLS_FAILED));
  }

  @ParameterizedTest
  @CsvSource({
    "1040, max_connections",
    "1040, admin_port",
    "1203, max_user_connections",
    "1226, ALTER USER",
    "1045, credentials.manager.password",
    "1045, TLS",
    "1129, host_cache",
    "1130, for host",
    "1820, expired",
    "1862, expired",
    "3118, ACCOUNT UNLOCK",
    "3159, TLS"
  })
  void aLivingServerThatRefusesUsIsNotDownAndTheRemedyIsNamed(int number, String remedy) {
    Diagnosis diagnosis = of(new SQLException("said so", "HY000", number));
    assertTrue(diagnosis.cause().isAlive());
    assertTrue(diagnosis.sentence().contains(remedy), diagnosis.sentence());
  }

  @Test
  void anErrorThatQuotesTheStatementIsNotPassedOn() {
    for (int number : List.of(1064, 1470)) {
      String shown = Diagnosis.message(new SQLException("near 'secret'", "42000", number));
      assertFalse(shown.contains("secret"), shown);
    }
  }

  @Test
  void onlyALostLinkLeavesTheOutcomeOpen() {
    assertTrue(Diagnosis.isLinkLost(new SQLException("gone", "08S01")));
    assertTrue(Diagnosis.isLinkLost(new SQLException("killed", "70100", 1317)));
    assertFalse(Diagnosis.isLinkLost(new SQLException("denied", "42000", 1227)));
  }

  @Test
  void noTextFormHoldsAPassword() {
    MySqlAccounts accounts = new MySqlAccounts(ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT);
    assertFalse(accounts.toString().contains("secret"), accounts.toString());
  }

  private static Diagnosis of(SQLException error) {
    return Diagnosis.of(error, "s1 (h:3306)", ACCOUNT, "credentials.manager.password");
  }
}
