package org.mysqlmanager.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML file as a tree of JSON nodes, with the line of each setting. Every value stays the text
 * that was written: a password {@code 007} is neither a number nor 7; whoever wants a number reads
 * one from the text.
 */
final class ConfigurationTree {
  /** Deeper than any setting; an anchor that holds itself ends here. */
  private static final int DEEPEST = 30;

  private final ObjectNode root;
  private final Map<String, Integer> lineByPath;
  private final Map<String, List<String>> variablesByPath;

  private ConfigurationTree(
      ObjectNode root, Map<String, Integer> lineByPath, Map<String, List<String>> variablesByPath) {
    this.root = root;
    this.lineByPath = lineByPath;
    this.variablesByPath = variablesByPath;
  }

  /** A mistake in the file's text. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String path;

    Malformed(int line, String path, String problem) {
      super(problem);
      this.line = line;
      this.path = path;
    }

    /** From 1; 0 if it is not known. */
    int line() {
      return line;
    }

    /** The setting, or empty. */
    String path() {
      return path;
    }

    String problem() {
      return String.valueOf(getMessage());
    }
  }

  static ConfigurationTree parse(String text, UnaryOperator<@Nullable String> environment)
      throws Malformed {
    EnvironmentText.Hidden hidden = EnvironmentText.hide(text);
    Node document = compose(hidden.text());
    if (document == null) {
      throw new Malformed(0, "", "it is empty: clusters and credentials are the least it needs");
    }
    if (!(document instanceof MappingNode mapping)) {
      throw new Malformed(1, "", "it does not begin with a setting, as in 'clusters:'");
    }
    Walk walk =
        new Walk(new LinkedHashMap<>(), new LinkedHashMap<>(), hidden::restore, environment);
    return new ConfigurationTree(walk.block(mapping, "", 0), walk.lines, walk.variables);
  }

  /** The settings; the caller may change them. */
  ObjectNode root() {
    return root;
  }

  /** Where that setting, or the nearest block around it, begins. */
  OptionalInt line(String path) {
    String nearest = path;
    while (!nearest.isEmpty()) {
      Integer line = lineByPath.get(nearest);
      if (line != null) {
        return OptionalInt.of(line);
      }
      nearest =
          nearest.substring(
              0, Math.max(0, Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['))));
    }
    return OptionalInt.empty();
  }

  boolean has(String path) {
    return lineByPath.containsKey(path);
  }

  /** The environment variables in that setting's value, as the file has it. */
  List<String> variables(String path) {
    return variablesByPath.getOrDefault(path, List.of());
  }

  /** The names of the settings directly in that block, in the file's order. */
  List<String> names(String path) {
    String prefix = path.isEmpty() ? "" : path + ".";
    return lineByPath.keySet().stream()
        .filter(each -> each.startsWith(prefix) && each.length() > prefix.length())
        .map(each -> each.substring(prefix.length()))
        .filter(each -> each.indexOf('.') < 0 && each.indexOf('[') < 0)
        .toList();
  }

  static String childPath(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  static String childPath(String path, int index) {
    return path + "[" + index + "]";
  }

  private static @Nullable Node compose(String text) throws Malformed {
    try {
      return new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      // Not the snippet that the exception offers: there may be a password in it.
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw new Malformed(
          line,
          "",
          "this is not YAML (%s): check the indentation and the quotes there and just above"
              .formatted(withoutContent(e.getProblem())));
    } catch (YAMLException e) {
      throw new Malformed(
          0, "", "it is not YAML: it must be UTF-8 text without control characters");
    }
  }

  /** A password that begins with '*' or '&' and has no quotes around it would be repeated. */
  private static String withoutContent(@Nullable String problem) {
    return Printable.line(problem)
        .replaceFirst(
            "(alias|anchor|tag handle|directive|escape character) .*",
            "$1; a value with such characters needs quotes");
  }

  /** From YAML's nodes to JSON's, noting lines and replacing variables on the way. */
  private record Walk(
      Map<String, Integer> lines,
      Map<String, List<String>> variables,
      UnaryOperator<String> restore,
      UnaryOperator<@Nullable String> environment) {
    JsonNode value(Node node, String path, int depth) throws Malformed {
      if (depth > DEEPEST) {
        throw new Malformed(
            lineOf(node), path, "blocks are nested more than %d deep".formatted(DEEPEST));
      }
      return switch (node) {
        case MappingNode mapping -> block(mapping, path, depth);
        case SequenceNode sequence -> list(sequence, path, depth);
        case ScalarNode scalar -> scalar(scalar, path);
        default -> throw new Malformed(lineOf(node), path, "neither a value, a list nor a block");
      };
    }

    ObjectNode block(MappingNode mapping, String path, int depth) throws Malformed {
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      for (NodeTuple entry : mapping.getValue()) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
          throw new Malformed(
              lineOf(entry.getKeyNode()), path, "the name of a setting must be plain text");
        }
        String name = key.getValue();
        String childPath = childPath(path, name);
        int line = lineOf(key);
        if (result.has(name)) {
          throw new Malformed(
              line,
              childPath,
              "it is given twice, first in line %d: leave one out".formatted(lines.get(childPath)));
        }
        lines.put(childPath, line);
        result.set(name, value(entry.getValueNode(), childPath, depth + 1));
      }
      return result;
    }

    private ArrayNode list(SequenceNode sequence, String path, int depth) throws Malformed {
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      for (Node item : sequence.getValue()) {
        String childPath = childPath(path, result.size());
        lines.put(childPath, lineOf(item));
        result.add(value(item, childPath, depth + 1));
      }
      return result;
    }

    private JsonNode scalar(ScalarNode scalar, String path) throws Malformed {
      if (scalar.getTag().equals(Tag.NULL)) {
        return JsonNodeFactory.instance.nullNode();
      }
      String text = restore.apply(scalar.getValue());
      List<String> referenced = EnvironmentText.variables(text);
      if (!referenced.isEmpty()) {
        variables.put(path, referenced);
      }
      try {
        return JsonNodeFactory.instance.textNode(EnvironmentText.resolve(text, environment));
      } catch (IllegalArgumentException e) {
        throw new Malformed(lineOf(scalar), path, String.valueOf(e.getMessage()));
      }
    }
  }

  private static int lineOf(Node node) {
    return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
  }
}
