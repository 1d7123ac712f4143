package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the connections to a cluster's MySQL servers are encrypted: the managers' own, the replicas'
 * to their source, and those of a clone to its donor.
 *
 * @param caFile PEM file on the managers' machines, with the certificates of the authorities that
 *     the managers trust; empty: those that the JVM trusts
 * @param serverCaFile the same for the servers, a path on each of them: what a replica checks its
 *     source by. {@code ssl_ca} of their configuration does not apply there
 */
public record MySqlTls(
    TlsMode mode,
    @JsonProperty("ca_file") Optional<String> caFile,
    @JsonProperty("server_ca_file") Optional<String> serverCaFile) {
  /** Encrypted, nothing checked: what every MySQL can do without any preparation. */
  public static final MySqlTls REQUIRED =
      new MySqlTls(TlsMode.REQUIRED, Optional.empty(), Optional.empty());

  /** What clusters were managed with before there was a choice. */
  public static final MySqlTls PREFERRED =
      new MySqlTls(TlsMode.PREFERRED, Optional.empty(), Optional.empty());

  /** In clear. */
  public static final MySqlTls DISABLED =
      new MySqlTls(TlsMode.DISABLED, Optional.empty(), Optional.empty());

  /** The most that MySQL takes as {@code SOURCE_SSL_CA}. */
  private static final int LONGEST_SERVER_PATH = 511;

  public MySqlTls {
    CertificateFiles.requireUsed(mode, "ca_file", caFile);
    CertificateFiles.requireUsed(mode, "server_ca_file", serverCaFile);
    serverCaFile.ifPresent(path -> {
      if (path.length() > LONGEST_SERVER_PATH
          || path.codePoints().anyMatch(Character::isSupplementaryCodePoint)) {
        throw new IllegalArgumentException(
            "server_ca_file %s is not possible: MySQL takes a path of at most %d characters, without emoji"
                .formatted(Names.quoted(path), LONGEST_SERVER_PATH));
      }
    });
    if (mode.isVerifying() && serverCaFile.isEmpty()) {
      throw new IllegalArgumentException(
          "server_ca_file is missing: with mode %s replicas check their source's certificate, and need a file of their authority's certificate at the same path on every MySQL server"
              .formatted(mode));
    }
  }

  @JsonCreator
  static MySqlTls of(
      @JsonProperty("mode") @Nullable TlsMode mode,
      @JsonProperty("ca_file") @Nullable String caFile,
      @JsonProperty("server_ca_file") @Nullable String serverCaFile) {
    return new MySqlTls(
        mode == null ? TlsMode.REQUIRED : mode,
        CertificateFiles.given(caFile),
        CertificateFiles.given(serverCaFile));
  }

  /**
   * As in {@code mode required} or {@code mode verify_ca with ca_file /a and server_ca_file /b}.
   */
  @Override
  public String toString() {
    return "mode "
        + mode
        + caFile.map(path -> " with ca_file " + path).orElse("")
        + serverCaFile
            .map(path -> (caFile.isPresent() ? " and" : " with") + " server_ca_file " + path)
            .orElse("");
  }
}
