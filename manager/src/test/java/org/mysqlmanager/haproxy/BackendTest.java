package org.mysqlmanager.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendTest {
  private static final String STATE_HEADER =
      "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_port\n";
  private static final String STAT_HEADER = "# pxname,svname,qcur,qmax,scur,smax\n";

  @Test
  void readsServersWithTheirSessions() throws Exception {
    Backend backend =
        Backend.parse(
                "w",
                STATE_HEADER
                    + "4 w 1 s1 10.0.0.1 2 4 1 1 3306\n4 w 2 s2 ::1 0 5 1 1 3307\n\n"
                    + STAT_HEADER
                    + "w,s1,0,0,17,20\nw,s2,0,0,0,3\n\n")
            .orElseThrow();

    assertEquals(2, backend.servers().size());
    assertEquals(
        new BackendServer("w", "s1", "10.0.0.1", 3306, 2, 4, 1, 17), backend.servers().getFirst());
    assertEquals("w/s2 at [::1]:3307", backend.servers().getLast().described());
    assertFalse(backend.servers().getLast().isRouted());
  }

  @Test
  void findsColumnsByNameSoThatNewerVersionsMayAddSome() throws Exception {
    Backend backend =
        Backend.parse(
                "w",
                "1\n# be_id be_name srv_id srv_name new srv_port srv_addr srv_op_state srv_admin_state srv_uweight\n"
                    + "4 w 1 s1 x 3306 10.0.0.1 2 0 7\n\n# pxname,new,svname,scur\nw,x,s1,2\n\n")
            .orElseThrow();

    assertEquals(
        new BackendServer("w", "s1", "10.0.0.1", 3306, 2, 0, 7, 2), backend.servers().getFirst());
  }

  @Test
  void knowsThatBackendIsMissing() throws Exception {
    assertEquals(Optional.empty(), Backend.parse("w", "Can't find backend.\n\nNo such proxy.\n\n"));
  }

  @Test
  void readsBackendWithoutServers() throws Exception {
    Backend backend = Backend.parse("w", STATE_HEADER + "\n" + STAT_HEADER + "\n").orElseThrow();
    assertTrue(backend.servers().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "J\0\0\0\n9.7.4\0",
        "1\n# be_id be_name\n4 w 1 s1 10.0.0.1 2 4 1 1 3306\n\n# pxname,svname,scur\n\n",
        "1\n# be_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port\n4 s1 10.0.0.1 up 4 1 3306\n\n# pxname,svname,scur\n\n",
      })
  void refusesWhatIsNoAnswerOfHaProxy(String answer) {
    assertThrows(Backend.Unreadable.class, () -> Backend.parse("w", answer));
  }

  @ParameterizedTest(name = "op {0}, admin {1}, weight {2}, sessions {3}: open {4}, routed {5}")
  @CsvSource({
    "2, 0, 1, 0, true, true", // running
    "2, 4, 1, 0, true, true", // declared disabled, opened since
    "0, 0, 1, 0, true, true", // found down by a check: it may come back at any moment
    "0, 5, 1, 0, false, false", // declared disabled, never opened
    "0, 1, 1, 0, false, false", // maintenance
    "0, 1, 1, 3, false, true", // maintenance, with sessions from before
    "2, 8, 1, 0, false, false", // draining, nobody left
    "2, 8, 1, 1, false, true", // draining
    "0, 32, 1, 0, false, false", // no DNS record
    "2, 0, 0, 0, false, false", // weight 0
  })
  void countsAsRoutedWhateverClientsCanReach(
      int operational,
      int administrative,
      int weight,
      long sessions,
      boolean open,
      boolean routed) {
    BackendServer server =
        new BackendServer(
            "w", "s1", "10.0.0.1", 3306, operational, administrative, weight, sessions);
    assertEquals(open, server.isOpen());
    assertEquals(routed, server.isRouted());
  }
}
