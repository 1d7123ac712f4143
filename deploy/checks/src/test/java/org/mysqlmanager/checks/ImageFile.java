package org.mysqlmanager.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The last stage of the Dockerfile: what the image is. */
record ImageFile(List<Instruction> instructions) {
  private static final Pattern INSTRUCTION = Pattern.compile("([A-Z]+)\\s+(.*)");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  /** One instruction, its continued lines joined. */
  record Instruction(String name, String arguments) {}

  static ImageFile shipped() {
    List<Instruction> stage = new ArrayList<>();
    String text =
        Project.text("Dockerfile").replaceAll("(?m)^\\s*#.*\n", "").replaceAll("\\\\\n\\s*", " ");
    for (String line : text.lines().toList()) {
      Matcher instruction = INSTRUCTION.matcher(line);
      if (instruction.matches()) {
        if (instruction.group(1).equals("FROM")) {
          stage.clear();
        }
        stage.add(new Instruction(instruction.group(1), instruction.group(2).strip()));
      }
    }
    return new ImageFile(List.copyOf(stage));
  }

  /** The words of all instructions of that name, quotes and brackets of the JSON form removed. */
  List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (Instruction instruction : instructions) {
      if (instruction.name().equals(name)) {
        if (instruction.arguments().startsWith("[")) {
          QUOTED.matcher(instruction.arguments()).results().forEach(hit -> words.add(hit.group(1)));
        } else {
          words.addAll(List.of(instruction.arguments().split("\\s+")));
        }
      }
    }
    return words;
  }

  String only(String name) {
    List<String> words = words(name);
    if (words.size() != 1) {
      throw new AssertionError("the Dockerfile's " + name + " is " + words);
    }
    return words.getFirst();
  }
}
