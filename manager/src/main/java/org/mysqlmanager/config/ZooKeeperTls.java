package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * TLS to the ensemble, with files in PEM; whether they hold what they should is found when they are
 * used.
 *
 * @param caFile the certificates of those who may sign a server's
 * @param client what the manager shows of itself; empty when the ensemble does not ask for it
 */
public record ZooKeeperTls(Path caFile, Optional<ClientCertificate> client) {

  /**
   * The manager's own certificate.
   *
   * @param certificateFile the certificate, and those between it and the ensemble's CA
   * @param keyFile its private key, not encrypted; may be the same file
   */
  public record ClientCertificate(Path certificateFile, Path keyFile) {}

  /** The block as it stands in the file; all of it may be blank. */
  record Settings(Optional<ZooKeeperTls> tls) {
    @JsonCreator
    static Settings of(
        @JsonProperty("ca_file") @Nullable String caFile,
        @JsonProperty("certificate_file") @Nullable String certificateFile,
        @JsonProperty("key_file") @Nullable String keyFile) {
      Optional<Path> ca = file("ca_file", caFile);
      Optional<Path> certificate = file("certificate_file", certificateFile);
      Optional<Path> key = file("key_file", keyFile);
      if (certificate.isPresent() != key.isPresent()) {
        throw new IllegalArgumentException(
            "certificate_file and key_file belong together: give both, or neither if the ensemble asks for no certificate");
      }
      if (ca.isEmpty() && certificate.isPresent()) {
        throw new IllegalArgumentException(
            "ca_file is missing, but certificate_file is given: give the certificates of the ensemble's CA, or none of the three for no TLS");
      }
      return new Settings(
          ca.map(path ->
              new ZooKeeperTls(
                  path, certificate.map(own -> new ClientCertificate(own, key.orElseThrow())))));
    }

    private static Optional<Path> file(String setting, @Nullable String text) {
      if (text == null || text.isBlank()) {
        return Optional.empty();
      }
      Path path;
      try {
        path = Path.of(text);
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(
            "%s '%s' is not a valid path: %s".formatted(setting, text, e.getReason()), e);
      }
      if (!Files.isRegularFile(path)) {
        throw new IllegalArgumentException(
            "%s %s is no file: create it, or correct the path (it is taken from %s)"
                .formatted(setting, path, Path.of("").toAbsolutePath()));
      }
      if (!Files.isReadable(path)) {
        throw new IllegalArgumentException(
            "%s %s cannot be read: make it readable for the user that runs the manager"
                .formatted(setting, path));
      }
      return Optional.of(path);
    }
  }
}
