package org.mysqlmanager.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.dropwizard.configuration.BaseConfigurationFactory;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationParsingException;
import io.dropwizard.configuration.ConfigurationSourceProvider;
import io.dropwizard.configuration.ConfigurationValidationException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterSpec;

/**
 * Reads the configuration file: YAML, then the environment's variables, our defaults for
 * Dropwizard's blocks, Dropwizard's {@code -Ddw.…} overrides, and last the checks. Whatever is
 * wrong ends in a {@link ConfigurationProblem}. One instance is for one use.
 */
public final class ConfigurationReader extends BaseConfigurationFactory<ManagerConfiguration> {
  private static final Pattern FIRST_WORD = Pattern.compile("[a-z_.]+");
  private static final Pattern SETTING = Pattern.compile("[a-z_]+(?:\\.[a-z_]+)*");

  private final UnaryOperator<@Nullable String> environment;

  public ConfigurationReader(
      Validator validator,
      ObjectMapper objectMapper,
      String overridePrefix,
      UnaryOperator<@Nullable String> environment) {
    super(
        new JsonFactory(),
        "YAML",
        ManagerConfiguration.class,
        validator,
        objectMapper
            .copy()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .registerModule(
                new SimpleModule()
                    .addDeserializer(Duration.class, new DurationText.Deserializer())),
        overridePrefix);
    this.environment = environment;
  }

  /** Without a file there are no clusters: refused. */
  @Override
  public ManagerConfiguration build() throws ConfigurationException {
    throw new ConfigurationProblem(
        "",
        "no configuration file is given: name one, such as dropwizard-config.yml, after the command",
        null);
  }

  @Override
  public ManagerConfiguration build(ConfigurationSourceProvider provider, String file)
      throws IOException, ConfigurationException {
    ConfigurationTree tree;
    try {
      tree = ConfigurationTree.parse(text(provider, file), environment);
    } catch (ConfigurationTree.Malformed e) {
      OptionalInt line = e.line() > 0 ? OptionalInt.of(e.line()) : OptionalInt.empty();
      throw problem(file, line, e.path(), e.problem(), e);
    }
    ServerDefaults.fillIn(tree.root());
    Optional<String> objection = ServerDefaults.objection(tree.root());
    if (objection.isPresent()) {
      throw problem(
          file,
          tree.line("logging.loggers"),
          "logging.loggers",
          objection.get(),
          new IllegalArgumentException(objection.get()));
    }
    try {
      return build((JsonNode) tree.root(), file);
    } catch (ConfigurationParsingException e) {
      throw problem(file, tree, e);
    } catch (ConfigurationValidationException e) {
      throw problem(file, tree, e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // From an override on the command line.
      throw new ConfigurationProblem(file, file + ": " + e.getMessage(), e);
    }
  }

  private static String text(ConfigurationSourceProvider provider, String file)
      throws ConfigurationException {
    try (InputStream input = provider.open(file)) {
      return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new ConfigurationProblem(
          file,
          "the configuration file %s does not exist or cannot be read (looked for in %s)"
              .formatted(file, Path.of("").toAbsolutePath()),
          e);
    } catch (IOException e) {
      throw new ConfigurationProblem(
          file, "the configuration file %s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private ConfigurationProblem problem(
      String file, ConfigurationTree tree, ConfigurationParsingException complaint) {
    if (!(complaint.getCause() instanceof JsonMappingException mapping)) {
      return new ConfigurationProblem(
          file, file + ": " + String.join("; ", complaint.getErrors()), complaint);
    }
    String path = Sentences.path(mapping);
    if (mapping instanceof ValueInstantiationException refused) {
      Optional<String> unknown = unknownSetting(tree, path, refused);
      if (unknown.isPresent()) {
        String unknownPath = ConfigurationTree.childPath(path, unknown.get());
        String problem = Sentences.unknownSetting(unknown.get(), known(refused));
        return problem(file, tree.line(unknownPath), unknownPath, problem, complaint);
      }
    }
    String problem = Sentences.problem(mapping, path);
    // A record names the field that it refuses: its line is nearer than that of the whole block.
    Matcher field = FIRST_WORD.matcher(problem);
    String nearest = field.lookingAt() ? ConfigurationTree.childPath(path, field.group()) : path;
    OptionalInt line = tree.line(tree.has(nearest) ? nearest : path);
    return problem(file, line, path, problem + variables(tree, path, problem), complaint);
  }

  /**
   * The environment variables from which the settings come that a sentence speaks of: with a
   * shipped file it is them that the user has to set.
   */
  private static String variables(ConfigurationTree tree, String path, String problem) {
    Set<String> variables = new LinkedHashSet<>(tree.variables(path));
    SETTING
        .matcher(problem)
        .results()
        .map(word -> tree.variables(ConfigurationTree.childPath(path, word.group())))
        .forEach(variables::addAll);
    return variables.isEmpty() ? "" : " (environment: " + String.join(", ", variables) + ")";
  }

  /**
   * A setting whose name is not known, in a block that was refused. Jackson reports what is missing
   * before what is unknown; to the one who misspelt a setting the latter says more.
   */
  private Optional<String> unknownSetting(
      ConfigurationTree tree, String path, ValueInstantiationException refused) {
    Set<String> known = known(refused);
    return tree.names(path).stream().filter(name -> !known.contains(name)).findFirst();
  }

  private Set<String> known(ValueInstantiationException refused) {
    Set<String> known = new TreeSet<>();
    mapper.getDeserializationConfig().introspect(refused.getType()).findProperties().stream()
        .filter(BeanPropertyDefinition::couldDeserialize)
        .forEach(property -> known.add(property.getName()));
    if (refused.getType().hasRawClass(ClusterSpec.class)) {
      known.add(ClusterConfiguration.CREDENTIALS);
    }
    return known;
  }

  private static ConfigurationProblem problem(
      String file, ConfigurationTree tree, ConfigurationValidationException complaint) {
    ConstraintViolation<?> first =
        complaint.getConstraintViolations().stream()
            .min(Comparator.comparing(violation -> violation.getPropertyPath().toString()))
            .orElseThrow();
    String path = first.getPropertyPath().toString();
    String problem = Sentences.problem(first, path);
    return problem(
        file, tree.line(path), path, problem + variables(tree, path, problem), complaint);
  }

  private static ConfigurationProblem problem(
      String file, OptionalInt line, String path, String problem, Throwable cause) {
    StringBuilder sentence = new StringBuilder(file);
    line.ifPresent(number -> sentence.append(", line ").append(number));
    if (!path.isEmpty()) {
      sentence.append(": ").append(Sentences.shown(path));
    }
    return new ConfigurationProblem(file, sentence.append(": ").append(problem).toString(), cause);
  }
}
