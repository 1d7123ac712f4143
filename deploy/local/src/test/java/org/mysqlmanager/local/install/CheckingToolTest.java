package org.mysqlmanager.local.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mysqlmanager.local.process.LocalException;

class CheckingToolTest {
  @ParameterizedTest
  @EnumSource
  void isFoundOnPathOrUnpackedAndRuns(CheckingTool.Kind kind) {
    CheckingTool tool;
    try {
      tool = CheckingTool.locate(kind, CacheFolder.ofUser(), System.out::println);
    } catch (LocalException e) {
      abort("%s cannot be had here: %s".formatted(kind, e.getMessage()));
      return;
    }
    assertEquals(0, tool.run("--help").status());
    assertNotEquals(0, tool.run("no-such-command").status());
  }
}
