package org.mysqlmanager.local.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MysqlVersionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))|9.7.4",
        "mysqld  Ver 8.0.31 for Linux on x86_64 (MySQL Community Server - GPL)|8.0.31",
        "/usr/sbin/mysqld  Ver 8.0.36-28 for Linux on x86_64 (Percona Server (GPL), Release 28, Revision 47601f19)|8.0.36",
        "/opt/homebrew/bin/mysqld  Ver 8.4.0 for macos14.4 on arm64 (Homebrew)|8.4.0",
      })
  void readsWhatMysqldSays(String reported, String version) {
    assertEquals(version, MysqlVersion.parse(reported).orElseThrow().toString());
  }

  @Test
  void mariadbIsNotMysql() {
    assertEquals(
        Optional.empty(),
        MysqlVersion.parse(
            "mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)"));
    assertEquals(Optional.empty(), MysqlVersion.parse("command not found"));
  }

  @ParameterizedTest
  @CsvSource({"8.0.21,false", "8.0.22,true", "5.7.44,false", "8.4.0,true", "10.0.0,true"})
  void supportBeginsWith8022(String version, boolean supported) {
    assertEquals(
        supported,
        MysqlVersion.parse("mysqld Ver " + version + " for Linux").orElseThrow().isSupported());
  }

  @Test
  void tenIsNewerThanNine() {
    assertTrue(new MysqlVersion(10, 0, 0).compareTo(new MysqlVersion(9, 7, 4)) > 0);
  }
}
