package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mysqlmanager.local.process.Command;
import org.mysqlmanager.model.GtidSet;
import org.mysqlmanager.testing.TestingMySql;

/**
 * A binary log as MySQL's own client programs understand it.
 *
 * @param sql what {@code mysqlbinlog} makes of it
 */
record BinlogFile(Path sql) {
  private static final Pattern GTID_NEXT = Pattern.compile("GTID_NEXT= '([^']+:[0-9]+)'");

  /** Decodes the file, checksums verified; skips the test where there is no mysqlbinlog. */
  static BinlogFile decode(Path binlog, Path folder) {
    Path sql = folder.resolve("decoded.sql");
    List<String> command = new ArrayList<>(TestingMySql.client("mysqlbinlog"));
    command.addAll(
        List.of(
            "--no-defaults",
            "--verify-binlog-checksum",
            "--result-file=" + sql,
            binlog.toString()));
    succeeded(Command.run(TestingMySql.CLIENT_DEADLINE, folder, Map.of(), command));
    return new BinlogFile(sql);
  }

  /** Executes it on a server. */
  void replayOn(TestingMySql server) {
    succeeded(server.feed(sql));
  }

  boolean contains(String text) throws IOException {
    try (Stream<String> lines = lines()) {
      return lines.anyMatch(line -> line.contains(text));
    }
  }

  /** The transactions in it. */
  GtidSet gtids() throws IOException {
    List<String> gtids = new ArrayList<>();
    try (Stream<String> lines = lines()) {
      lines
          .filter(line -> line.startsWith("SET @@SESSION.GTID_NEXT"))
          .forEach(line -> {
            Matcher gtid = GTID_NEXT.matcher(line);
            if (gtid.find()) {
              gtids.add(gtid.group(1));
            }
          });
    }
    return GtidSet.parse(String.join(",", gtids));
  }

  private Stream<String> lines() throws IOException {
    return Files.lines(sql, StandardCharsets.ISO_8859_1);
  }

  private static void succeeded(Command.Result result) {
    assertTrue(result.succeeded(), result::tail);
  }
}
