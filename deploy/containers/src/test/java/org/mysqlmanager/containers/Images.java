package org.mysqlmanager.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The images, by what they are for. Their names come from the properties {@code
 * mysqlmanager.image.*}; what is there is not pulled, and what cannot be had skips the test.
 */
enum Images {
  MYSQL("mysql:9.7"),
  ZOOKEEPER("zookeeper:3.9"),
  PROXYSQL("proxysql/proxysql:2.7.2"),
  HAPROXY("haproxy:lts"),
  /** Built from the project's Dockerfile, unless a name is given. */
  MANAGER("");

  /** Stays, so that the next build finds its layers; a changed one replaces it. */
  private static final String BUILT = "mysql-manager:container-tests";

  private static final Duration PULL_DEADLINE = Duration.ofMinutes(5);
  private static final Duration BUILD_DEADLINE = Duration.ofMinutes(20);

  private static final Map<Images, String> READY = new ConcurrentHashMap<>();
  private static final Map<Images, String> MISSING = new ConcurrentHashMap<>();

  /** Why a build failed: not to be tried again by each test. */
  private static final AtomicReference<@Nullable String> BROKEN = new AtomicReference<>();

  private final String publicName;

  Images(String publicName) {
    this.publicName = publicName;
  }

  /** The name of an image that is there. Skips or fails the test where it cannot be had. */
  String get() {
    DockerClient client = Engine.client();
    String missing = MISSING.get(this);
    if (missing != null) {
      throw Engine.unavailable(missing, new IllegalStateException(missing));
    }
    String broken = BROKEN.get();
    if (broken != null && this == MANAGER) {
      throw new AssertionError("the image cannot be built, see the first failure");
    }
    String ready = READY.get(this);
    if (ready == null) {
      String name =
          System.getProperty("mysqlmanager.image." + name().toLowerCase(Locale.ROOT), publicName);
      ready = name.isBlank() ? build(client) : have(client, name);
      READY.put(this, ready);
    }
    return ready;
  }

  /** Asks for several, so that what is missing is known before anything is started. */
  static void require(Images... images) {
    for (Images image : images) {
      image.get();
    }
  }

  private String have(DockerClient client, String name) {
    if (id(client, name).isPresent()) {
      return name;
    }
    try {
      boolean pulled =
          client
              .pullImageCmd(name)
              .start()
              .awaitCompletion(PULL_DEADLINE.toSeconds(), TimeUnit.SECONDS);
      if (pulled && id(client, name).isPresent()) {
        return name;
      }
      throw missing(name, new IllegalStateException("not pulled within " + PULL_DEADLINE));
    } catch (DockerException e) {
      throw missing(name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private RuntimeException missing(String name, RuntimeException cause) {
    String reason =
        "the image %s is not here and cannot be pulled (%s)"
            .formatted(name, String.valueOf(cause.getMessage()).strip());
    MISSING.put(this, reason);
    return Engine.unavailable(reason, cause);
  }

  private static Optional<String> id(DockerClient client, String name) {
    try {
      return Optional.ofNullable(client.inspectImageCmd(name).exec().getId());
    } catch (NotFoundException _) {
      return Optional.empty();
    }
  }

  /** What has not changed comes from the engine's cache. */
  private String build(DockerClient client) {
    Optional<String> before = id(client, BUILT);
    DockerCommand.Result result =
        DockerCommand.run(
            BUILD_DEADLINE, List.of("build", "--tag", BUILT, ProjectFiles.root().toString()));
    if (result.status() != 0) {
      String reason = "the image cannot be built:\n" + String.join("\n", result.lines());
      BROKEN.set(reason);
      throw new AssertionError(reason);
    }
    before
        .filter(old -> !id(client, BUILT).equals(before))
        .ifPresent(old -> removeUnused(client, old));
    return BUILT;
  }

  private static void removeUnused(DockerClient client, String image) {
    try {
      client.removeImageCmd(image).exec();
    } catch (DockerException _) {
      // Somebody uses it, or has given it another name.
    }
  }
}
