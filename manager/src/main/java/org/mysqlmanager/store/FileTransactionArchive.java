package org.mysqlmanager.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterName;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.ServerId;
import org.mysqlmanager.observe.Observation.SavedTransactions;
import org.mysqlmanager.reconcile.StepResult;
import org.mysqlmanager.reconcile.TransactionArchive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps transactions in a directory of this manager: for each set a binary log file, named after
 * cluster, server and a digest of the set and of the data it was in, and beside it a JSON file that
 * says what it holds. The JSON file is written last: without it the binary log does not count.
 */
public final class FileTransactionArchive implements TransactionArchive {
  private static final Logger LOG = LoggerFactory.getLogger(FileTransactionArchive.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Label(
      @JsonProperty("cluster") String cluster,
      @JsonProperty("server") String server,
      @JsonProperty("cloned_at") @Nullable String clonedAt,
      @JsonProperty("gtid_set") String gtidSet,
      @JsonProperty("saved_at") String savedAt,
      @JsonProperty("file") String file) {}

  private record Key(ClusterName cluster, ServerId server, String data) {}

  private final Path directory;
  private final String managerId;
  private final InstantSource clock;
  private final Map<Key, SavedTransactions> known = new ConcurrentHashMap<>();

  /** Reads what an earlier process of this manager has left in the directory, if it exists. */
  public FileTransactionArchive(Path directory, String managerId, InstantSource clock) {
    this.directory = directory.toAbsolutePath();
    this.managerId = managerId;
    this.clock = clock;
    readLabels();
  }

  @Override
  public Path fileFor(ClusterName cluster, ServerId server, String data, GtidSet transactions) {
    return directory.resolve(
        "%s-%s-%s.binlog".formatted(cluster, server, digest(data + transactions)));
  }

  @Override
  public StepResult record(
      ClusterName cluster, ServerId server, String data, GtidSet transactions) {
    Path file = fileFor(cluster, server, data, transactions);
    Path label = labelOf(file);
    try {
      Path temporary = label.resolveSibling(label.getFileName() + ".tmp");
      Files.writeString(
          temporary,
          JSON.writerWithDefaultPrettyPrinter()
              .writeValueAsString(
                  new Label(
                      cluster.value(),
                      server.value(),
                      data,
                      transactions.toString(),
                      clock.instant().toString(),
                      String.valueOf(file.getFileName()))));
      Files.move(
          temporary, label, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      return new StepResult.Failed(
          "%s cannot be written (%s): see to errant_transactions_directory"
              .formatted(label, e.getMessage()));
    }
    remember(new Key(cluster, server, data), transactions, file);
    LOG.warn(
        "cluster={} server={} transactions {} are kept in {}", cluster, server, transactions, file);
    return StepResult.DONE;
  }

  @Override
  public List<SavedTransactions> saved(ClusterName cluster, ServerId server) {
    return known.entrySet().stream()
        .filter(entry -> entry.getKey().cluster.equals(cluster))
        .filter(entry -> entry.getKey().server.equals(server))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Sets of the same data add up. */
  private void remember(Key key, GtidSet transactions, Path file) {
    known.merge(
        key,
        new SavedTransactions(key.data, transactions, managerId + ":" + file),
        (before, now) ->
            new SavedTransactions(
                key.data, before.transactions().union(now.transactions()), now.place()));
  }

  private void readLabels() {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(file -> file.toString().endsWith(".binlog")).forEach(this::readLabel);
    } catch (IOException e) {
      LOG.warn("{} cannot be read: {}", directory, e.getMessage());
    }
  }

  private void readLabel(Path file) {
    try {
      Path labelFile = labelOf(file);
      if (Files.exists(labelFile)) {
        Label label = JSON.readValue(labelFile.toFile(), Label.class);
        remember(
            new Key(
                new ClusterName(label.cluster),
                new ServerId(label.server),
                label.clonedAt == null ? "" : label.clonedAt),
            GtidSet.parse(label.gtidSet),
            file);
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("the label of {} cannot be understood and is left out: {}", file, e.getMessage());
    }
  }

  private static Path labelOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".json");
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
