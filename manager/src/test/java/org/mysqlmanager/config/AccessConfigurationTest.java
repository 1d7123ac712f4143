package org.mysqlmanager.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.access.AccessLimits;
import org.mysqlmanager.access.AccessRules;
import org.mysqlmanager.access.AnonymousReading;
import org.mysqlmanager.access.PasswordHash;
import org.mysqlmanager.access.Role;
import org.mysqlmanager.access.TokenHash;
import org.mysqlmanager.access.User;

class AccessConfigurationTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String HASH = PasswordHash.of("pw".toCharArray(), 10_000, RANDOM).print();
  private static final String USER =
      "access: {users: [{name: a, role: operator, password_hash: '" + HASH + "'}]}\n";

  @TempDir Path directory;

  @Test
  void withoutTheBlockOnlyReadingOnTheLoopbackIsAllowed() throws Exception {
    assertEquals(
        new AccessRules(AnonymousReading.LOOPBACK, List.of(), List.of(), AccessLimits.USUAL),
        read("", Map.of()).access());
  }

  @Test
  void theShippedFileHasTheUsersWhosePasswordIsGivenAndTheUsualLimits() throws Exception {
    String shipped = Files.readString(Path.of("..", "dropwizard-config.yml"));
    String block = shipped.substring(shipped.indexOf("access:\n"), shipped.indexOf("server:\n"));
    AccessRules none = read(block, Map.of()).access();
    assertEquals(read("", Map.of()).access(), none);
    List<User> users =
        read(block, Map.of("OPERATOR_PASSWORD_HASH", HASH, "VIEWER_PASSWORD_FILE", secret("v\n")))
            .access()
            .users();
    assertEquals(List.of("operator", "viewer"), users.stream().map(User::name).toList());
    assertEquals(List.of(Role.OPERATOR, Role.VIEWER), users.stream().map(User::role).toList());
  }

  @Test
  void aSecretFileThatEverybodyCanReadIsWarnedOf() throws Exception {
    Path open = Path.of(secret("pw"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> warnings =
        read("access: {users: [{name: a, role: viewer, password_file: %s}]}\n".formatted(open))
            .warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("access.users[0].password_file " + open));
  }

  @Test
  void aSecretFileThatIsEmptyOrHoldsAGuessableTokenIsRefused() throws Exception {
    String empty = secret("\n");
    assertTrue(
        refused("access: {users: [{name: a, role: viewer, password_file: %s}]}\n".formatted(empty))
            .contains("password_file " + empty + " is empty"));
    String guessable = secret("hunter2\n");
    String sentence =
        refused(
            "access: {tokens: [{name: a, role: viewer, token_file: %s}]}\n".formatted(guessable));
    assertTrue(sentence.contains("token_file: the token has 7 characters"), sentence);
    assertFalse(sentence.contains("hunter2"), sentence);
    String token = secret(TokenHash.newToken(RANDOM) + "\n");
    assertEquals(
        1,
        read("access: {tokens: [{name: a, role: viewer, token_file: %s}]}\n".formatted(token))
            .access()
            .tokens()
            .size());
  }

  @Test
  void aSecretFileWithTwoLinesIsNamed() throws Exception {
    String two = secret("hunter2\nmore\n");
    String sentence =
        refused("access: {users: [{name: a, role: viewer, password_file: %s}]}\n".formatted(two));
    assertTrue(sentence.contains("password_file " + two + " holds"), sentence);
    assertTrue(sentence.contains("more than one line"), sentence);
    assertFalse(sentence.contains("hunter2"), sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "\"hunter2\\0\""})
  void aPasswordWhereItsFileShouldBeNamedIsNotRepeated(String password) {
    String sentence =
        refused(
            "access: {users: [{name: a, role: viewer, password_file: %s}]}\n".formatted(password));
    assertTrue(sentence.contains("password_file"), sentence);
    assertFalse(sentence.contains("hunter2"), sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password_hash: hunter2",
        "password_hash: [hunter2]",
        "role: hunter2x, password_hash: hunter2"
      })
  void noSentenceRepeatsWhatStandsForAPassword(String wrong) {
    String sentence = refused("access: {users: [{name: a, " + wrong + "}]}\n");
    assertFalse(sentence.contains("hunter2") && !sentence.contains("hunter2x"), sentence);
  }

  @Test
  void noSecretIsInAnyText() throws Exception {
    ManagerConfiguration configuration =
        read(
            "access: {users: [{name: a, role: viewer, password_file: %s}, {name: b, role: viewer, password_hash: '%s'}]}\n"
                .formatted(secret("hunter2"), HASH));
    String text = configuration.access().toString();
    assertFalse(text.contains("hunter2") || text.contains(HASH.substring(40)), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{type: http, port: 9}", "{type: http, port: 9, bindHost: 0.0.0.0}"})
  void passwordsOverPlainConnectionsOfOthersAreWarnedOf(String connector) throws Exception {
    for (String port : List.of("applicationConnectors", "adminConnectors")) {
      String server = "server: {%s: [%s]}\n".formatted(port, connector);
      List<String> warnings = read(USER + server).warnings();
      assertEquals(1, warnings.size(), warnings.toString());
      assertTrue(
          warnings.getFirst().startsWith("server." + port)
              && warnings.getFirst().contains("port 9")
              && warnings.getFirst().contains("type: https"),
          warnings.toString());
      assertEquals(List.of(), read(server).warnings()); // nothing secret is sent
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{type: http, port: 9, bindHost: localhost}",
        "{type: http, port: 9, bindHost: '::1'}",
        "{type: https, port: 9, keyStorePath: k.p12, keyStorePassword: p}"
      })
  void neitherTheLoopbackNorTlsIsWarnedOf(String connector) throws Exception {
    assertEquals(
        List.of(),
        read(USER + "server: {applicationConnectors: [%s]}\n".formatted(connector)).warnings());
  }

  @ParameterizedTest
  @ValueSource(strings = {"useForwardedHeaders", "useProxyProtocol"})
  void readingAnonymouslyBehindAProxyIsWarnedOf(String setting) throws Exception {
    String server =
        "server: {adminConnectors: [{type: http, port: 9, bindHost: 127.0.0.1, %s: true}]}\n"
            .formatted(setting);
    List<String> warnings = read(server).warnings();
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(
        warnings.getFirst().startsWith("server.adminConnectors")
            && warnings.getFirst().contains(setting)
            && warnings.getFirst().contains("anonymous_reading"),
        warnings.toString());
    assertEquals(List.of(), read("access: {anonymous_reading: nowhere}\n" + server).warnings());
  }

  private static ManagerConfiguration read(String yaml) throws Exception {
    return read(yaml, Map.of());
  }

  private static ManagerConfiguration read(String yaml, Map<String, String> environment)
      throws Exception {
    return TestingConfiguration.read(TestingConfiguration.LEAST + yaml, environment);
  }

  private static String refused(String yaml) {
    return String.valueOf(assertThrows(ConfigurationProblem.class, () -> read(yaml)).getMessage());
  }

  private String secret(String text) throws Exception {
    Path file = Files.createTempFile(directory, "secret", "");
    Files.writeString(file, text);
    return file.toString();
  }
}
