package org.mysqlmanager.mysql;

import com.github.shyiko.mysql.binlog.network.ServerException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mysqlmanager.model.Endpoint;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.Printable;
import org.mysqlmanager.reconcile.StepResult;

/**
 * Saves transactions that only one server has, before its data is replaced: reads them from its
 * binary logs over the network and keeps them, byte for byte, in a binary log file of their own.
 * {@code mysqlbinlog FILE | mysql} replays it on another server.
 *
 * <p>Stateless, so safe for use by any number of threads.
 */
public final class ErrantTransactions {
  private static final int BUFFER_BYTES = 128 * 1024;

  /** A GTID set can be longer than a sentence should be. */
  private static final int LONGEST_QUOTE = 300;

  private ErrantTransactions() {}

  /**
   * Reads exactly those transactions, each whole, and nothing else. The file appears complete and
   * on disk, or not at all; a directory that is missing is made for the owner's eyes only, as is
   * the file. A file that holds exactly those transactions is kept as it is; one that holds
   * anything else is never overwritten. Nothing is done for an empty set.
   *
   * <p>Bounded by progress: it fails when the server sends nothing for the command timeout. The
   * dump ends with the binary logs as they are, or with the last wanted transaction.
   *
   * @param manager needs the privilege REPLICATION SLAVE
   * @return failed, with no file made, if a transaction is not to be had; unknown only if the file
   *     is there and may not survive a crash of this machine
   */
  public static StepResult save(
      Endpoint server,
      MySqlTls tls,
      Account manager,
      GtidSet transactions,
      Path file,
      MySqlTimeouts timeouts) {
    if (transactions.isEmpty()) {
      return StepResult.DONE;
    }
    Path target = file.toAbsolutePath().normalize();
    try {
      makeDirectory(directoryOf(target));
      if (Files.exists(target)) {
        return kept(target, transactions);
      }
      return saveTo(target, server, tls, manager, transactions, timeouts);
    } catch (NotSaved e) {
      return failed(server, e.reason);
    } catch (IOException e) {
      return failed(server, reason(e, timeouts));
    }
  }

  /**
   * Under a lock, as a manager that has lost its leadership may still be at it, on a file system
   * that is shared.
   */
  private static StepResult saveTo(
      Path target,
      Endpoint server,
      MySqlTls tls,
      Account manager,
      GtidSet transactions,
      MySqlTimeouts timeouts)
      throws IOException, NotSaved {
    Path part = target.resolveSibling("." + target.getFileName() + ".part");
    try (FileChannel channel = openOwnersOnly(part)) {
      lock(channel, part);
      if (Files.exists(target)) {
        // The lock may be on what was the partial file when it was opened, and is the target now.
        return kept(target, transactions);
      }
      try {
        channel.truncate(0);
        copy(server, tls, manager, transactions, channel, timeouts);
        channel.force(true);
        requireExactly(transactions, part);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | NotSaved e) {
        Files.deleteIfExists(part);
        throw e;
      }
    }
    try (FileChannel directory = FileChannel.open(directoryOf(target), StandardOpenOption.READ)) {
      directory.force(true);
      return StepResult.DONE;
    } catch (IOException e) {
      return new StepResult.Unknown(
          target
              + " is written, but its directory could not be flushed to disk: "
              + reason(e, timeouts));
    }
  }

  private static void copy(
      Endpoint server,
      MySqlTls tls,
      Account manager,
      GtidSet transactions,
      FileChannel to,
      MySqlTimeouts timeouts)
      throws IOException, NotSaved {
    try (BinlogConnection connection = BinlogConnection.open(server, tls, manager, timeouts)) {
      GtidSet executed = requireAvailable(transactions, connection);
      prepareDump(connection, timeouts.command());
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(to), BUFFER_BYTES);
      out.write(BinlogEvent.MAGIC);
      TransactionCopy copy = new TransactionCopy(transactions, out);
      BinlogDump dump = connection.dump(executed.minus(transactions));
      while (!copy.hasAll()) {
        Optional<BinlogEvent> event = dump.next();
        if (event.isEmpty()) {
          break;
        }
        copy.accept(event.get());
      }
      GtidSet missing = transactions.minus(copy.finish());
      if (!missing.isEmpty()) {
        throw new NotSaved("its binary logs do not hold " + quoted(missing));
      }
      out.flush();
    }
  }

  /** Says what is wrong before the server does, which would name neither set nor reason. */
  private static GtidSet requireAvailable(GtidSet transactions, BinlogConnection connection)
      throws IOException, NotSaved {
    List<String> row =
        connection.query("SELECT @@GLOBAL.gtid_executed, @@GLOBAL.gtid_purged").getFirst();
    GtidSet executed = read(row.get(0));
    GtidSet purged = read(row.get(1));
    GtidSet unknown = transactions.minus(executed);
    if (!unknown.isEmpty()) {
      throw new NotSaved("it has not executed " + quoted(unknown));
    }
    GtidSet gone = transactions.intersect(purged);
    if (!gone.isEmpty()) {
      throw new NotSaved("its binary logs no longer hold " + quoted(gone) + ": they are purged");
    }
    return executed;
  }

  /**
   * Events are wanted as they were logged, checksums included. Heartbeats show that a server which
   * passes over gigabytes of what is not wanted is still at it. Servers before 8.0.26 know the old
   * names only.
   */
  private static void prepareDump(BinlogConnection connection, Duration silence)
      throws IOException {
    long heartbeat = Math.max(1_000_000, silence.toNanos() / 4);
    connection.query(
        "SET @source_binlog_checksum = 'CRC32', @master_binlog_checksum = 'CRC32',"
            + " @source_heartbeat_period = %1$d, @master_heartbeat_period = %1$d"
                .formatted(heartbeat));
  }

  private static StepResult kept(Path target, GtidSet transactions) {
    try {
      requireExactly(transactions, target);
      return StepResult.DONE;
    } catch (IOException e) {
      return new StepResult.Failed(
          "%s exists, does not hold exactly %s and is not overwritten: %s"
              .formatted(target, quoted(transactions), message(e)));
    }
  }

  /** Reads the file to its end, all checksums verified. */
  private static void requireExactly(GtidSet transactions, Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      if (!Arrays.equals(in.readNBytes(BinlogEvent.MAGIC.length), BinlogEvent.MAGIC)) {
        throw new IOException("it is not a binary log");
      }
      TransactionCopy copy = new TransactionCopy(transactions, OutputStream.nullOutputStream());
      Optional<BinlogEvent> event = BinlogEvent.read(in);
      while (event.isPresent()) {
        copy.accept(event.get());
        event = BinlogEvent.read(in);
      }
      GtidSet missing = transactions.minus(copy.finish());
      if (!missing.isEmpty()) {
        throw new IOException("it lacks " + quoted(missing));
      }
      if (copy.sawOthers()) {
        throw new IOException("it holds other transactions");
      }
    }
  }

  private static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  private static FileChannel openOwnersOnly(Path part) throws IOException {
    return FileChannel.open(
        part,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Held until the channel is closed. */
  private static void lock(FileChannel channel, Path part) throws IOException, NotSaved {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process: the same as another process.
    }
    throw new NotSaved("something else is writing " + part);
  }

  private static Path directoryOf(Path target) throws IOException {
    Path directory = target.getParent();
    if (directory == null) {
      throw new IOException(target + " is not a file name");
    }
    return directory;
  }

  private static GtidSet read(String text) throws IOException {
    try {
      return GtidSet.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("it gave no GTID set: " + e.getMessage(), e);
    }
  }

  private static StepResult failed(Endpoint server, String reason) {
    return new StepResult.Failed("Transactions of " + server + " are not saved: " + reason);
  }

  private static String reason(IOException e, MySqlTimeouts timeouts) {
    return switch (e) {
      case SocketTimeoutException _ ->
          "it did not answer within %d ms to connect or %d ms to send more"
              .formatted(timeouts.connect().toMillis(), timeouts.command().toMillis());
      case UnknownHostException _ -> "its host name does not resolve";
      case ConnectException _ -> "it cannot be reached: " + message(e);
      case ServerException refused -> "it says (" + refused.getErrorCode() + "): " + message(e);
      default -> message(e);
    };
  }

  private static String message(IOException e) {
    String message = e.getMessage();
    return Printable.line(
        message == null || e instanceof FileSystemException ? e.toString() : message);
  }

  private static String quoted(GtidSet set) {
    String text = set.toString();
    return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...";
  }

  /** The transactions are not to be had. */
  private static final class NotSaved extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    NotSaved(String reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
