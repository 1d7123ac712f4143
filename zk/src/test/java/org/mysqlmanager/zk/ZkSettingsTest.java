package org.mysqlmanager.zk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZkSettingsTest {
  private static final Duration SESSION = Duration.ofSeconds(6);
  private static final Duration CONNECT = Duration.ofSeconds(2);

  @ParameterizedTest
  @ValueSource(
      strings = {"zk1:2181,zk2:2181,zk3:2181", "localhost", "127.0.0.1:21811", "[::1]:2181"})
  void acceptsUsualConnectStrings(String connectString) {
    assertEquals(
        connectString,
        new ZkSettings(connectString, "/root", SESSION, CONNECT, TestingZooKeeper.OPEN)
            .connectString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "zk1:2181/chroot",
        "zk1:port",
        "zk1:70000",
        "zk1:0",
        ":2181",
        "zk 1:2181"
      })
  void refusesOtherConnectStringsNamingThem(String connectString) {
    assertNames(
        "connectString",
        () -> new ZkSettings(connectString, "/root", SESSION, CONNECT, TestingZooKeeper.OPEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "root", "/", "/root/", "//root", "/a/../b", "/zookeeper", "/zookeeper/x"})
  void refusesOtherRootsThanAbsolutePaths(String rootPath) {
    assertNames(
        "rootPath",
        () -> new ZkSettings("localhost", rootPath, SESSION, CONNECT, TestingZooKeeper.OPEN));
  }

  @ParameterizedTest
  @CsvSource({"1999", "60001", "0", "-1"})
  void refusesSessionTimeoutsOutOfRange(long millis) {
    assertNames(
        "sessionTimeout",
        () ->
            new ZkSettings(
                "localhost", "/root", Duration.ofMillis(millis), CONNECT, TestingZooKeeper.OPEN));
  }

  @Test
  void refusesConnectTimeoutsOutOfRange() {
    assertNames(
        "connectTimeout",
        () ->
            new ZkSettings(
                "localhost", "/root", SESSION, Duration.ofMillis(99), TestingZooKeeper.OPEN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "/a", "..", "a b", "-a", "ä"})
  void refusesIdsThatAreNoPathSegment(String id) {
    assertNames("participantId", () -> NodePath.checkId("participantId", id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", "a/../b", "./a"})
  void refusesPathsThatAreNotRelative(String path) {
    assertNames("path", () -> NodePath.resolve("/root", path));
  }

  @Test
  void resolvesAndRelativises() {
    assertEquals("/root/a/b", NodePath.resolve("/root", "a/b"));
    assertEquals("a/b", NodePath.relativise("/root", "/root/a/b"));
  }

  private static void assertNames(String field, Runnable construct) {
    String message = assertThrows(IllegalArgumentException.class, construct::run).getMessage();
    assertTrue(message.startsWith(field + " "), message);
  }
}
