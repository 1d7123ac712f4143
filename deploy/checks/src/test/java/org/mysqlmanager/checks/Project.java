package org.mysqlmanager.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.mysqlmanager.local.install.CacheFolder;
import org.mysqlmanager.local.install.CheckingTool;
import org.mysqlmanager.local.process.LocalException;
import org.opentest4j.TestAbortedException;

/** The files of the project, and the tools that check them. */
final class Project {
  /** Refuses a key that stands twice. */
  static final ObjectMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build());

  private static final Path ROOT = find();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)");

  private Project() {}

  private static Path find() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("dropwizard-config.yml"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("not within the project's folder");
    }
    return folder;
  }

  static Path path(String name) {
    return ROOT.resolve(name);
  }

  static String text(String name) {
    try {
      return Files.readString(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of one document. */
  static JsonNode yaml(String name) {
    List<JsonNode> documents = documents(text(name));
    if (documents.size() != 1) {
      throw new IllegalArgumentException(name + " has " + documents.size() + " documents");
    }
    return documents.getFirst();
  }

  static List<JsonNode> documents(String yaml) {
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      return documents.readAll().stream().filter(document -> !document.isNull()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The environment variables that the shipped configuration knows. */
  static TreeSet<String> configurationVariables() {
    return variables(
        text("dropwizard-config.yml")
            .lines()
            .filter(line -> !line.strip().startsWith("#"))
            .toList());
  }

  /** The names in {@code ${NAME}} and {@code ${NAME:-default}}. */
  static TreeSet<String> variables(List<String> lines) {
    TreeSet<String> names = new TreeSet<>();
    for (String line : lines) {
      VARIABLE.matcher(line).results().forEach(found -> names.add(found.group(1)));
    }
    return names;
  }

  /** The tool, or the test is skipped. */
  static CheckingTool tool(CheckingTool.Kind kind) {
    try {
      return CheckingTool.locate(kind, CacheFolder.ofUser(), System.out::println);
    } catch (LocalException e) {
      throw new TestAbortedException(
          "%s cannot be had here: %s".formatted(kind, e.getMessage()), e);
    }
  }
}
