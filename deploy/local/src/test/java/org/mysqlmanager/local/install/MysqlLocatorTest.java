package org.mysqlmanager.local.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mysqlmanager.local.process.LocalException;

class MysqlLocatorTest {
  @TempDir Path folder;

  @Test
  void namedServerIsTakenWithItsVersionAndPlugins() throws Exception {
    Files.createFile(Files.createDirectories(folder.resolve("plugins")).resolve("mysql_clone.so"));
    Path mysqld =
        program(
            "mysqld",
            """
            case "$*" in
              *--help*) echo "plugin-dir   %s/plugins" ;;
              *) echo "mysqld  Ver 8.4.1 for Linux on x86_64 (MySQL Community Server - GPL)" ;;
            esac
            """
                .formatted(folder));
    MysqlDistribution found = locator().locate(Optional.of(mysqld));
    assertEquals("8.4.1", found.version().toString());
    assertTrue(found.clonePlugin());
  }

  @Test
  void mariadbIsRefusedWithAReason() throws Exception {
    Path mysqld = program("mysqld", "echo 'mysqld  Ver 10.11.6-MariaDB for debian-linux-gnu'\n");
    LocalException refusal =
        assertThrows(LocalException.class, () -> locator().locate(Optional.of(mysqld)));
    assertTrue(refusal.getMessage().contains("is not MySQL"), refusal.getMessage());
  }

  @Test
  void oldServerIsRefusedWithAReason() throws Exception {
    Path mysqld = program("mysqld", "echo 'mysqld  Ver 5.7.44 for Linux on x86_64'\n");
    LocalException refusal =
        assertThrows(LocalException.class, () -> locator().locate(Optional.of(mysqld)));
    assertTrue(refusal.getMessage().contains("older than 8.0.22"), refusal.getMessage());
  }

  @Test
  void missingServerIsRefusedWithAReason() {
    LocalException refusal =
        assertThrows(
            LocalException.class, () -> locator().locate(Optional.of(folder.resolve("none"))));
    assertTrue(refusal.getMessage().contains("--mysql"), refusal.getMessage());
  }

  @Test
  void cacheEntryIsMadeOnceHoweverManyWantIt() throws Exception {
    CacheFolder cache = new CacheFolder(folder.resolve("cache"));
    AtomicInteger made = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Path>[] results = newArray(8);
      for (int i = 0; i < results.length; i++) {
        results[i] =
            executor.submit(() -> {
              go.await();
              return cache.getOrMake("entry", _ -> made.incrementAndGet());
            });
      }
      go.countDown();
      for (Future<Path> result : results) {
        assertEquals(cache.place("entry"), result.get());
      }
    }
    assertEquals(1, made.get());
  }

  @Test
  void failedEntryLeavesNothingBehind() {
    CacheFolder cache = new CacheFolder(folder.resolve("cache"));
    assertThrows(
        LocalException.class,
        () ->
            cache.getOrMake(
                "entry",
                _ -> {
                  throw new LocalException("no");
                }));
    assertFalse(Files.exists(cache.place("entry")));
    assertFalse(Files.exists(cache.place("entry.unfinished")));
  }

  private MysqlLocator locator() {
    return new MysqlLocator(new CacheFolder(folder.resolve("cache")), _ -> {});
  }

  private Path program(String name, String script) throws Exception {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  @SuppressWarnings("unchecked")
  private static Future<Path>[] newArray(int size) {
    return (Future<Path>[]) new Future<?>[size];
  }
}
