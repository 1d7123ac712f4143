package org.mysqlmanager.config;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import jakarta.validation.ConstraintViolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.Printable;

/** What Jackson and the validator complain of, in words for the one who wrote the file. */
final class Sentences {
  /** More differences than this, and a name is no slip of the pen. */
  private static final int MOST_SLIPS = 3;

  private static final String CREDENTIALS = "credentials";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]*(\\[[0-9]+])*");
  private static final Set<String> NAMES_IN_CREDENTIALS =
      Set.of(
          "manager",
          "replication",
          "monitor",
          "application",
          "proxy_admin",
          "user",
          "password",
          "password_file");

  private static final Pattern KNOWN_TYPES = Pattern.compile("known type ids = \\[([^]]*)]");

  private Sentences() {}

  /** The setting a complaint is about, as {@code clusters[0].servers[1].port}. */
  static String path(JsonMappingException complaint) {
    String path = "";
    for (JsonMappingException.Reference step : complaint.getPath()) {
      if (step.getFieldName() != null) {
        path = ConfigurationTree.childPath(path, step.getFieldName());
      } else if (step.getIndex() >= 0) {
        path = ConfigurationTree.childPath(path, step.getIndex());
      }
    }
    return path;
  }

  static String problem(JsonMappingException complaint, String path) {
    return switch (complaint) {
      case UnrecognizedPropertyException unknown -> unknownSetting(unknown);
      case InvalidFormatException wrong -> wrongValue(wrong, path);
      case InvalidTypeIdException wrong -> wrongType(wrong);
      case ValueInstantiationException refused
          when refused.getCause() instanceof IllegalArgumentException cause ->
          String.valueOf(cause.getMessage());
      case MismatchedInputException mismatch -> wrongShape(mismatch);
      default -> firstLine(complaint.getOriginalMessage());
    };
  }

  static String problem(ConstraintViolation<?> violation, String path) {
    Object value = violation.getInvalidValue();
    boolean isPlain = value instanceof Number || value instanceof CharSequence;
    return violation.getMessage()
        + (isPlain && !isSecret(path) ? ", but it is " + quoted(value) : "");
  }

  private static String unknownSetting(UnrecognizedPropertyException unknown) {
    Set<String> known = new TreeSet<>();
    Collection<Object> ids = unknown.getKnownPropertyIds();
    if (ids != null) {
      ids.forEach(id -> known.add(id.toString()));
    }
    if (unknown.getReferringClass() == ClusterSpec.class) {
      known.add(ClusterConfiguration.CREDENTIALS);
    }
    return unknownSetting(unknown.getPropertyName(), known);
  }

  static String unknownSetting(String name, Set<String> known) {
    Optional<String> meant =
        known.stream()
            .min(Comparator.comparingInt(candidate -> differences(name, candidate)))
            .filter(candidate ->
                differences(name, candidate) <= Math.min(MOST_SLIPS, name.length() / 2));
    return "unknown setting: "
        + meant
            .map(candidate -> "did you mean '" + candidate + "'?")
            .orElseGet(() -> "possible here are " + String.join(", ", known));
  }

  private static String wrongValue(InvalidFormatException wrong, String path) {
    String value = isSecret(path) ? "the value" : quoted(wrong.getValue());
    Class<?> target = wrong.getTargetType();
    if (target == Duration.class || target == io.dropwizard.util.Duration.class) {
      return value
          + " is not a duration: write a whole number and a unit, such as 500ms, 5s, 15m or 2h";
    }
    if (target.isEnum()) {
      return value + " is not possible: " + alternatives(constants(target));
    }
    if (target == Boolean.class || target == boolean.class) {
      return value + " is not possible: true or false";
    }
    if (Number.class.isAssignableFrom(target) || target.isPrimitive()) {
      return value + " is not a whole number";
    }
    return "%s is not possible: a %s is expected".formatted(value, target.getSimpleName());
  }

  private static String wrongType(InvalidTypeIdException wrong) {
    // Jackson offers the known types in its message only.
    Matcher known = KNOWN_TYPES.matcher(String.valueOf(wrong.getOriginalMessage()));
    return (wrong.getTypeId() == null
            ? "type is missing"
            : "type " + quoted(wrong.getTypeId()) + " is not known")
        + (known.find() ? ": possible are " + known.group(1) : "");
  }

  /** The value is not repeated: a whole block may stand there, with a password in it. */
  private static String wrongShape(MismatchedInputException mismatch) {
    Class<?> target = mismatch.getTargetType();
    if (target == null) {
      return firstLine(mismatch.getOriginalMessage());
    }
    if (Collection.class.isAssignableFrom(target) || target.isArray()) {
      return "a list is expected here, each item on a line that begins with '-'";
    }
    if (target == String.class
        || target.isPrimitive()
        || target.isEnum()
        || Number.class.isAssignableFrom(target)
        || target == Boolean.class) {
      return "a single value is expected here, not a list or a block";
    }
    return "a block of settings is expected here, indented below its name";
  }

  private static List<String> constants(Class<?> enumClass) {
    return Arrays.stream(enumClass.getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static String alternatives(List<String> choices) {
    return choices.size() < 2
        ? String.join("", choices)
        : choices.stream().limit(choices.size() - 1L).collect(Collectors.joining(", "))
            + " or "
            + choices.getLast();
  }

  /**
   * The path of a setting as it may be shown. Who forgets the blank in {@code password: secret} has
   * made the password a part of a setting's name.
   */
  static String shown(String path) {
    List<String> shown = new ArrayList<>();
    for (String name : path.split("\\.", -1)) {
      boolean isPlain = NAME.matcher(name).matches();
      boolean mayBeSecret = shown.contains(CREDENTIALS) && !isNearlyKnown(name);
      shown.add(isPlain && !mayBeSecret ? name : "(not shown)");
    }
    return String.join(".", shown);
  }

  private static boolean isNearlyKnown(String name) {
    return NAMES_IN_CREDENTIALS.stream()
        .anyMatch(known -> differences(name, known) <= Math.min(MOST_SLIPS, name.length() / 2));
  }

  private static boolean isSecret(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.contains("password") || lower.contains("token") || lower.contains(CREDENTIALS);
  }

  private static String quoted(@Nullable Object value) {
    return Printable.quoted(String.valueOf(value));
  }

  private static String firstLine(@Nullable String message) {
    return String.valueOf(message).lines().findFirst().orElse("");
  }

  /** The Levenshtein distance: how many characters to insert, remove or change. */
  private static int differences(String a, String b) {
    int[] previous = new int[b.length() + 1];
    Arrays.setAll(previous, column -> column);
    for (int row = 1; row <= a.length(); row++) {
      int[] current = new int[b.length() + 1];
      current[0] = row;
      for (int column = 1; column <= b.length(); column++) {
        int change = previous[column - 1] + (a.charAt(row - 1) == b.charAt(column - 1) ? 0 : 1);
        current[column] = Math.min(change, 1 + Math.min(previous[column], current[column - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
