package org.mysqlmanager.local.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.local.process.LocalException;
import org.mysqlmanager.local.process.OwnSession;

/**
 * Unpacks Debian's packages, with everything that they need down to the C library, into a folder
 * beside the system. apt works on a state of its own with no package installed, so that nothing of
 * the system is changed and nothing of it is counted on; root is not needed. Programs are run with
 * the loader and the libraries in that folder.
 *
 * @param mirror the archive's address, as this machine's own apt has it
 * @param codename the release that this machine follows
 * @param signedBy apt's option for the key ring, or nothing
 */
record DebianArchive(String mirror, String codename, String signedBy) {
  private static final Duration SHORT = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(15);
  private static final Path KEY_RING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

  /**
   * The archive that this machine's apt is set up with.
   *
   * @throws LocalException when there is no apt or it does not name Debian's archive
   */
  static DebianArchive ofThisMachine() {
    if (OwnSession.onPath("apt-get").isEmpty() || OwnSession.onPath("dpkg").isEmpty()) {
      throw new LocalException("this is not a Debian machine: apt-get or dpkg is missing");
    }
    Command.Result targets =
        Command.run(
            SHORT,
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI) $(CODENAME) $(COMPONENT) $(SIGNED_BY)",
            "Created-By: Packages");
    return parse(targets.output())
        .orElseThrow(
            () -> new LocalException("this machine's apt is not set up with Debian's archive"));
  }

  /**
   * Finds Debian's archive among the lines "address codename component key-ring" of {@code apt-get
   * indextargets}.
   */
  static Optional<DebianArchive> parse(String targets) {
    return targets
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(words -> words.length >= 3 && words[2].equals("main") && !words[1].contains("-"))
        .filter(words -> words[0].replaceAll("/+$", "").endsWith("/debian"))
        .findFirst()
        .map(words -> {
          boolean named = words.length > 3 && words[3].startsWith("/");
          String keyRing = named ? words[3] : Files.exists(KEY_RING) ? KEY_RING.toString() : "";
          return new DebianArchive(
              words[0], words[1], keyRing.isEmpty() ? "" : "[signed-by=" + keyRing + "] ");
        });
  }

  /**
   * Downloads and unpacks packages of a release into {@code target}.
   *
   * @throws LocalException when apt or dpkg fails; the message ends with what they said
   */
  void unpack(String release, List<String> packages, Path target, Consumer<String> progress) {
    Path work = target.resolveSibling(target.getFileName() + ".apt");
    try {
      CacheFolder.delete(work);
      Files.createDirectories(work.resolve("lists/partial"));
      Files.createDirectories(work.resolve("cache/archives/partial"));
      Files.writeString(work.resolve("status"), "");
      Files.writeString(
          work.resolve("sources.list"), "deb %s%s %s main%n".formatted(signedBy, mirror, release));
      progress.accept("reading Debian's package list (%s)".formatted(release));
      apt(work, "update");
      progress.accept("downloading %s with all that it needs".formatted(packages.getFirst()));
      List<String> install =
          new ArrayList<>(List.of("install", "-y", "--download-only", "--no-install-recommends"));
      install.addAll(packages);
      apt(work, install.toArray(String[]::new));
      List<Path> archives;
      try (Stream<Path> files = Files.list(work.resolve("cache/archives"))) {
        archives = files.filter(file -> file.toString().endsWith(".deb")).sorted().toList();
      }
      progress.accept("unpacking %d packages".formatted(archives.size()));
      for (Path archive : archives) {
        check("dpkg", Command.run(LONG, "dpkg", "-x", archive.toString(), target.toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      CacheFolder.delete(work);
    }
  }

  /** How a program in an unpacked folder is started. */
  static List<String> command(Path unpacked, String program) {
    Path loader =
        find(unpacked, "usr/lib64", "ld-linux-*.so.*")
            .or(() -> find(unpacked, "lib64", "ld-linux-*.so.*"))
            .or(() -> find(unpacked, "usr/lib", "ld-linux-*.so.*"))
            .or(() -> find(unpacked, "lib", "ld-linux-*.so.*"))
            .orElseThrow(() -> new LocalException("no loader in " + unpacked));
    List<String> libraries = new ArrayList<>();
    for (String parent : List.of("usr/lib", "lib")) {
      find(unpacked, parent, "*-linux-gnu*").ifPresent(folder -> libraries.add(folder.toString()));
    }
    return List.of(
        loader.toString(),
        "--library-path",
        String.join(":", libraries),
        unpacked.resolve(program).toString());
  }

  private static Optional<Path> find(Path root, String folder, String glob) {
    Path parent = root.resolve(folder);
    if (!Files.isDirectory(parent)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(parent)) {
      var matcher = parent.getFileSystem().getPathMatcher("glob:" + glob);
      return files.filter(file -> matcher.matches(file.getFileName())).sorted().findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void apt(Path work, String... arguments) {
    List<String> command = new ArrayList<>(List.of("apt-get", "-q"));
    for (String option :
        List.of(
            "Dir::Etc::sourcelist=" + work.resolve("sources.list"),
            "Dir::Etc::sourceparts=/dev/null",
            "Dir::State::Lists=" + work.resolve("lists"),
            "Dir::State::status=" + work.resolve("status"),
            "Dir::Cache=" + work.resolve("cache"),
            "Debug::NoLocking=1",
            "Acquire::Languages=none",
            "Acquire::Retries=2")) {
      command.addAll(List.of("-o", option));
    }
    if (MysqlDistribution.runsAsRoot()) {
      command.addAll(
          List.of("-o", "APT::Sandbox::User=root")); // its user _apt could not write to our folder
    }
    command.addAll(List.of(arguments));
    check("apt-get " + arguments[0], Command.run(LONG, work, Map.of("LC_ALL", "C"), command));
  }

  private static void check(String what, Command.Result result) {
    if (!result.succeeded()) {
      throw new LocalException("%s failed:\n%s".formatted(what, result.tail()));
    }
  }
}
