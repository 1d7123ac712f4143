package org.mysqlmanager.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ClusterState;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.HistoryRecord;
import org.mysqlmanager.model.Membership;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.Operation;
import org.mysqlmanager.model.Operation.Bootstrap;
import org.mysqlmanager.model.Operation.BootstrapStep;
import org.mysqlmanager.model.Operation.Failover;
import org.mysqlmanager.model.Operation.FailoverStep;
import org.mysqlmanager.model.Operation.Rejoin;
import org.mysqlmanager.model.Operation.RejoinStep;
import org.mysqlmanager.model.Phase;
import org.mysqlmanager.model.ProxyKind;
import org.mysqlmanager.model.ProxyName;
import org.mysqlmanager.model.ProxySpec;
import org.mysqlmanager.model.Retry;
import org.mysqlmanager.model.Role;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.model.ServerSpec;
import org.mysqlmanager.model.ServerState;
import org.mysqlmanager.model.ServerStatus;
import org.mysqlmanager.model.SetupSpec;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.model.Totals;

class StateJsonTest {
  private static final Instant T = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final ServerId S1 = new ServerId("s1");
  private static final ServerId S2 = new ServerId("s2");
  private static final GtidSet SET =
      GtidSet.parse("00000000-0000-0000-0000-000000000001:1-9:tag:3");

  private static final ClusterState STATE =
      new ClusterState(
          1,
          new Epoch(7),
          Phase.DEGRADED,
          "s1 does not answer",
          Optional.of(S1),
          Optional.of("00000000-0000-0000-0000-000000000001"),
          2,
          Optional.of(T),
          Optional.of(T),
          Optional.of(SET),
          3,
          Optional.of(new org.mysqlmanager.model.LastFailover(T, S2)),
          Map.of(
              S1,
              ServerState.joined(Role.SOURCE).withStatus(ServerStatus.DOWN, "refused"),
              S2,
              ServerState.unjoined(Membership.FORMER_SOURCE)
                  .withCloneRequired("")
                  .withRetry(new Retry(3, T))),
          Optional.empty(),
          new Retry(2, T),
          new Totals(4, 5, 6));

  @Test
  void everyOperationSurvivesWritingAndReading() throws Exception {
    List<Operation> operations =
        List.of(
            new Bootstrap(S1, BootstrapStep.OPEN_SOURCE, "why", T, List.of())
                .at(BootstrapStep.ROUTE, T),
            new Failover(
                    S1,
                    S2,
                    SET,
                    FailoverStep.FENCE,
                    1,
                    2,
                    Optional.of(T),
                    T,
                    SET,
                    "why",
                    T,
                    List.of())
                .at(FailoverStep.PROMOTE, T),
            new Rejoin(
                    S1,
                    S2,
                    RejoinStep.SAVE_ERRANT,
                    SET,
                    "m:f",
                    "begun",
                    Optional.of(T),
                    "why",
                    T,
                    List.of())
                .at(RejoinStep.CLONE, T));
    for (Operation operation : operations) {
      ClusterState state = STATE.withOperation(operation);
      assertEquals(state, StateJson.readState(StateJson.write(state)));
      HistoryRecord record =
          new HistoryRecord(new Epoch(3), operation, T, "done", Map.of("total", 12L));
      assertEquals(record, StateJson.readRecord(StateJson.write(record)));
    }
    assertEquals(STATE, StateJson.readState(StateJson.write(STATE)));
    assertEquals(ClusterState.INITIAL, StateJson.readState(StateJson.write(ClusterState.INITIAL)));
  }

  @Test
  void theNamesThatUsersRelyOnAreThere() throws Exception {
    JsonNode json = new ObjectMapper().readTree(StateJson.write(STATE));
    assertEquals(1, json.get("schema").asInt());
    assertEquals(7, json.get("epoch").asInt());
    assertEquals("degraded", json.get("phase").asText());
    assertEquals("s1", json.get("source").asText());
    assertEquals(2, json.get("master_failure_count").asInt());
    assertEquals(false, json.get("old_master_joined").asBoolean());
    assertEquals("source", json.get("servers").get("s1").get("role").asText());
    assertEquals("down", json.get("servers").get("s1").get("status").asText());
    assertEquals("former_source", json.get("servers").get("s2").get("membership").asText());
    assertTrue(json.get("operation").isNull());
    assertEquals(T.toString(), json.get("source_failed_at").asText());
  }

  @Test
  void aStateOfALaterSchemaIsNotUnderstood() {
    String later = StateJson.write(STATE).replace("\"schema\" : 1", "\"schema\" : 2");
    StateJson.Unreadable refused =
        assertThrows(StateJson.Unreadable.class, () -> StateJson.readState(later));
    assertTrue(String.valueOf(refused.getMessage()).contains("schema 2"), refused.getMessage());
  }

  @Test
  void whatIsNotJsonIsNotUnderstood() {
    for (String text : List.of("", "nonsense", "{", "[]", "{\"schema\":1}", "null")) {
      assertThrows(StateJson.Unreadable.class, () -> StateJson.readState(text), text);
    }
  }

  @Test
  void specSurvivesWritingAndReading() throws Exception {
    ClusterSpec spec =
        new ClusterSpec(
            new ClusterName("main"),
            4,
            Duration.ofMillis(1500),
            true,
            List.of(
                new ServerSpec(S1, "db1", 3306),
                new ServerSpec(S2, "db2", 3307, Optional.of(33062))),
            List.of(
                new ProxySpec(new ProxyName("p"), ProxyKind.HAPROXY, "h", 9999, 10, 20, "w", "r")),
            new SetupSpec(true, false, true, Optional.empty(), false));
    String json = StateJson.write(spec);
    assertEquals(spec, StateJson.readSpec(json));
    assertTrue(json.contains("\"max_reader_lag\" : \"1500ms\""), json);
    assertTrue(json.contains("\"kind\" : \"haproxy\""), json);
    assertTrue(json.contains("\"admin_port\" : 33062"), json);
    assertFalse(json.contains("adminPort"), json);

    MySqlTls verifying =
        new MySqlTls(TlsMode.VERIFY_IDENTITY, Optional.of("/a/ca.pem"), Optional.of("/b/ca.pem"));
    ClusterSpec verified = spec.withTls(verifying);
    String verifiedJson = StateJson.write(verified);
    assertEquals(verified, StateJson.readSpec(verifiedJson));
    assertTrue(verifiedJson.contains("\"mode\" : \"verify_identity\""), verifiedJson);
    assertTrue(verifiedJson.contains("\"server_ca_file\" : \"/b/ca.pem\""), verifiedJson);
  }

  @Test
  void aSpecWithABadValueIsRefusedWithTheValue() {
    StateJson.Unreadable refused =
        assertThrows(
            StateJson.Unreadable.class,
            () ->
                StateJson.readSpec(
                    "{\"name\":\"main\",\"servers\":[{\"name\":\"s1\",\"host\":\"h\",\"port\":70000}]}"));
    assertTrue(String.valueOf(refused.getMessage()).contains("70000"), refused.getMessage());
  }

  @Test
  void whatAnEarlierVersionHasWrittenIsRead() throws Exception {
    ClusterState state =
        StateJson.readState(
            """
            {"schema": 1, "epoch": 3, "phase": "running", "reason": "", "source": "s1",
             "source_uuid": null, "master_failure_count": 0, "source_last_seen": null,
             "source_failed_at": null,
             "servers": {"s1": {"role": "source", "membership": "joined", "status": "up",
                                "reason": "", "clone_required": false, "diverged": false,
                                "retry": {"attempts": 0, "next_at": "1970-01-01T00:00:00Z"}}},
             "operation": null, "routing": {"attempts": 0, "next_at": "1970-01-01T00:00:00Z"},
             "totals": {"cluster_connection_failure": 0, "successful_failover": 1,
                        "replication_restart": 0}}
            """);
    assertEquals(Optional.empty(), state.lastFailover());
    assertEquals(Optional.empty(), state.sourceExecuted());
    assertEquals(0, state.writeFailureCount());
    assertEquals(Optional.empty(), state.server(S1).behind());
    assertEquals(0, state.server(S1).repairs());
  }

  @Test
  void anEarlierSpecHasTheDefaultsOfWhatIsNew() throws Exception {
    ClusterSpec spec =
        StateJson.readSpec(
            """
            {"name": "main", "servers": [{"name": "s1", "host": "10.0.0.1"}]}
            """);
    assertEquals(org.mysqlmanager.model.Policy.DEFAULT, spec.policy());
    assertEquals(MySqlTls.PREFERRED, spec.tls(), "as it was managed until now");
    assertEquals(spec, StateJson.readSpec(StateJson.write(spec)));
  }
}
