package org.mysqlmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.mysqlmanager.config.Secret;

/** No value tells a secret by being printed. */
class SecretsTest {
  private static final String CANARY = "c4n4ry";
  private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|token).*");

  private static final String OPTIONAL_TEXT = "java.util.Optional<java.lang.String>";

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.mysqlmanager");

  /** What holds a {@link Secret}, or another record that does, is as safe as that. */
  @Test
  void noRecordThatHoldsASecretAsTextPrintsIt() throws Exception {
    List<String> looked = new ArrayList<>();
    List<String> leaking = new ArrayList<>();
    for (Class<?> type : records()) {
      if (Arrays.stream(type.getRecordComponents()).anyMatch(SecretsTest::isSecretText)) {
        Object instance = instance(type);
        looked.add(type.getName());
        if (instance.toString().contains(CANARY)) {
          leaking.add(type.getName() + ": " + instance);
        }
      }
    }
    assertEquals(List.of(), leaking);
    assertTrue(
        looked.containsAll(
            List.of("org.mysqlmanager.mysql.Account", "org.mysqlmanager.proxysql.Account")),
        looked.toString());
    assertTrue(instance(Leaking.class).toString().contains(CANARY), "the search would find one");
  }

  private record Leaking(String user, String password) {}

  @Test
  void aSecretTellsNothingOfItselfButToItsReader() throws JsonProcessingException {
    Secret secret = Secret.of(CANARY);
    assertEquals(CANARY, secret.reveal());
    assertFalse(secret.toString().contains(CANARY));
    assertFalse(new ObjectMapper().writeValueAsString(Map.of("a", secret)).contains(CANARY));
    assertFalse(String.format("%s %S", secret, secret).contains(CANARY));
  }

  /** What a manager's memory holds is written nowhere when it ends badly. */
  @Test
  void noManagerLeavesADumpOfItsMemory() throws Exception {
    List<String> options =
        Files.readAllLines(Path.of("..", "deploy", "manager-jvm.options")).stream()
            .filter(line -> line.startsWith("-"))
            .toList();
    assertTrue(options.contains("-XX:-CreateCoredumpOnCrash"), options.toString());
    assertTrue(
        options.stream().noneMatch(option -> option.contains("HeapDump")), options.toString());
    assertTrue(
        options.stream().noneMatch(option -> option.contains("FlightRecord")), options.toString());
  }

  private static List<Class<?>> records() {
    return PRODUCT.stream()
        .filter(type -> !type.getPackageName().startsWith("org.mysqlmanager.local"))
        .filter(type -> type.isAssignableTo(Record.class) && !type.isEquivalentTo(Record.class))
        .<Class<?>>map(type -> type.reflect())
        .toList();
  }

  private static boolean isSecretText(RecordComponent component) {
    return SECRET.matcher(component.getName()).matches()
        && !component.getName().endsWith("File")
        && (component.getType() == String.class
            || component.getGenericType().getTypeName().equals(OPTIONAL_TEXT));
  }

  /** Every secret in it is the canary; whoever adds a record of other types adds them here. */
  private static Object instance(Class<?> type) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    Constructor<?> canonical =
        type.getDeclaredConstructor(
            Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    canonical.setAccessible(true);
    return canonical.newInstance(Arrays.stream(components).map(SecretsTest::value).toArray());
  }

  private static Object value(RecordComponent component) {
    String text = isSecretText(component) ? CANARY : "plain";
    Class<?> type = component.getType();
    if (type == String.class) {
      return text;
    }
    if (type == Optional.class) {
      return component.getGenericType().getTypeName().equals(OPTIONAL_TEXT)
          ? Optional.of(text)
          : Optional.empty();
    }
    if (type == List.class) {
      return List.of();
    }
    if (type == Map.class) {
      return Map.of();
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    if (type == int.class) {
      return 1;
    }
    if (type == long.class) {
      return 1L;
    }
    if (type == boolean.class) {
      return false;
    }
    if (type == Duration.class) {
      return Duration.ofSeconds(1);
    }
    if (type == Path.class) {
      return Path.of("plain");
    }
    throw new AssertionError("no value of " + type + " for " + component);
  }
}
