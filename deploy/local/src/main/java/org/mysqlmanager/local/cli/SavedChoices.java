package org.mysqlmanager.local.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.mysqlmanager.local.LocalFiles;
import org.mysqlmanager.local.install.ProxyDistribution;
import org.mysqlmanager.local.process.LocalException;

/**
 * What the data of a system was made for. The managers keep the cluster's specification in
 * ZooKeeper, and there it stays as it was; so a later start takes the same again.
 *
 * @param servers how many MySQL servers
 * @param proxy which proxy
 */
record SavedChoices(int servers, ProxyDistribution.Kind proxy) {
  private static final int SERVERS = 2;

  /** The choices in a folder, if a system was made there. */
  static Optional<SavedChoices> load(Path folder) {
    Path file = folder.resolve("choices");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties values = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      values.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(
        new SavedChoices(
            Integer.parseInt(values.getProperty("servers")),
            ProxyDistribution.Kind.valueOf(values.getProperty("proxy").toUpperCase(Locale.ROOT))));
  }

  void save(Path folder) {
    LocalFiles.write(
        folder.resolve("choices"), "servers=%d%nproxy=%s%n".formatted(servers, proxy.key()));
  }

  /** How many servers an earlier system allows. */
  static int servers(Optional<SavedChoices> saved, Optional<Integer> asked) {
    int kept = saved.map(SavedChoices::servers).orElse(asked.orElse(SERVERS));
    if (asked.isPresent() && asked.get() != kept) {
      throw refusal("%d server%s".formatted(kept, kept == 1 ? "" : "s"), "--servers");
    }
    return kept;
  }

  /** Which proxy an earlier system allows; empty: any. */
  static Optional<ProxyDistribution.Kind> proxy(
      Optional<SavedChoices> saved, Optional<ProxyDistribution.Kind> asked) {
    Optional<ProxyDistribution.Kind> kept = saved.map(SavedChoices::proxy).or(() -> asked);
    if (asked.isPresent() && !asked.equals(kept)) {
      throw refusal("the proxy " + kept.get().key(), "--proxy");
    }
    return kept;
  }

  private static LocalException refusal(String what, String option) {
    return new LocalException(
        "The data in .local is that of a system with %s. Leave out %s, or remove the data first: ./mm local down --purge"
            .formatted(what, option));
  }
}
