package org.mysqlmanager.proxysql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlTest {
  @Test
  void doublesQuotesAndNothingElse() {
    assertEquals("'it''s 100% \\ \"x\"; --'", Sql.quote("it's 100% \\ \"x\"; --"));
    assertEquals("('a','b''')", Sql.list(List.of("a", "b'")));
  }

  @Test
  void refusesZeroByteWhichWouldEndTheStatement() {
    assertThrows(IllegalArgumentException.class, () -> Sql.quote("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> new Account("u", "p\0"));
  }

  @Test
  void accountNeverShowsItsPassword() {
    assertFalse(new Account("user", "secret").toString().contains("secret"));
  }
}
