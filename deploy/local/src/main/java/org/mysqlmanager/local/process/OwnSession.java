package org.mysqlmanager.local.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a program is given a session, and so a process group, of its own: {@code setsid}, or perl's
 * where there is none (macOS).
 */
public final class OwnSession {
  private OwnSession() {}

  /**
   * What to put before a command.
   *
   * @throws LocalException when the machine has neither
   */
  public static List<String> prefix() {
    if (onPath("setsid").isPresent()) {
      return List.of("setsid");
    }
    if (onPath("perl").isPresent()) {
      return List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV or die $!");
    }
    throw new LocalException(
        "neither setsid (util-linux) nor perl is on PATH: one of them is needed to run programs that end with this one");
  }

  /**
   * The executable file that {@code name} stands for, from PATH and the places where system
   * programs are.
   */
  public static Optional<Path> onPath(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder :
        (path + File.pathSeparator + "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin")
            .split(File.pathSeparator, -1)) {
      if (!folder.isEmpty()) {
        Path candidate = Path.of(folder, name);
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }
}
