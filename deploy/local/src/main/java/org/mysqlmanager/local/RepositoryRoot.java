package org.mysqlmanager.local;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.mysqlmanager.local.process.LocalException;

/** The folder of the project that this program was built in, where the manager's jar is. */
final class RepositoryRoot {
  private RepositoryRoot() {}

  /**
   * Looks upwards from this class's own place, and from the current folder.
   *
   * @throws LocalException when neither is inside the project
   */
  static Path find() {
    return above(ownPlace())
        .or(() -> above(Path.of("").toAbsolutePath()))
        .orElseThrow(() ->
            new LocalException(
                "this must be run from within the project's folder: there is no mm above"));
  }

  private static Optional<Path> above(Path start) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("mm")) && Files.exists(folder.resolve("pom.xml"))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static Path ownPlace() {
    try {
      return Path.of(
          RepositoryRoot.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
