package org.mysqlmanager.zk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that ZooKeeper's client reads for each new connection. It wants certificate and key in
 * one: those that are not are joined in a file of their own that only this user may read, in the
 * folder for temporary files, until this is closed. Thread-safe.
 */
final class TlsFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

  private final ZkTls tls;

  /** Null when there is nothing to join. */
  private final @Nullable PrivateFile joined;

  private TlsMaterial current;
  private Optional<String> problem = Optional.empty();

  /**
   * Reads the files for the first time.
   *
   * @throws ZkTls.UnusableException when they do not hold what they should
   */
  TlsFiles(ZkTls tls) {
    this.tls = tls;
    this.current = TlsMaterial.read(tls);
    PrivateFile file = null;
    try {
      file =
          tls.client().filter(own -> !isOneFile(own)).isPresent()
              ? PrivateFile.create(temporary())
              : null;
      this.joined = file;
      var _ = write(current);
    } catch (IOException e) {
      closeQuietly(file);
      throw new ZkTls.UnusableException(notJoined(e), e);
    }
  }

  /** What ZooKeeper's client is to be told; never through system properties, which others share. */
  ZKClientConfig clientConfig() {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
    config.setProperty(
        ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
    // It looks for the name of an address that is given as a number, even when it is not used, and
    // that name, from who knows where, is what the certificate would then be compared with.
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    config.setProperty("zookeeper.ssl.enabledProtocols", "TLSv1.3,TLSv1.2");
    config.setProperty("zookeeper.ssl.hostnameVerification", "true");
    config.setProperty("zookeeper.ssl.trustStore.location", tls.caFile().toString());
    config.setProperty("zookeeper.ssl.trustStore.type", "PEM");
    tls.client()
        .ifPresent(own -> {
          Path file = joined == null ? own.certificateFile() : joined.path();
          config.setProperty("zookeeper.ssl.keyStore.location", file.toString());
          config.setProperty("zookeeper.ssl.keyStore.type", "PEM");
        });
    return config;
  }

  /** What was read last. */
  synchronized TlsMaterial current() {
    return current;
  }

  /** Why a new connection may fail; empty when nothing is amiss with the files. */
  synchronized Optional<String> problem() {
    return problem;
  }

  /**
   * Reads the files again, as certificates are renewed in place.
   *
   * @return whether there is something new for ZooKeeper's client to read
   */
  synchronized boolean refresh() {
    Optional<String> unusable = Optional.empty();
    TlsMaterial read = current;
    try {
      read = TlsMaterial.read(tls);
    } catch (ZkTls.UnusableException e) {
      unusable = Optional.of(String.valueOf(e.getMessage()));
    }
    boolean isNew = !read.equals(current);
    boolean isWritten;
    try {
      isWritten = write(read);
    } catch (IOException e) {
      tell(Optional.of(notJoined(e)));
      return false;
    }
    tell(unusable);
    if (isNew) {
      LOG.info("The certificates for ZooKeeper have changed and are used from now on");
    }
    current = read;
    return isNew || isWritten;
  }

  /** Puts back what was removed from the folder for temporary files, as is done there by age. */
  synchronized void restore() {
    try {
      if (write(current)) {
        LOG.info("The file with certificate and key for ZooKeeper's client was gone and is back");
      }
    } catch (IOException e) {
      tell(Optional.of(notJoined(e)));
    }
  }

  @Override
  public void close() {
    closeQuietly(joined);
  }

  private void tell(Optional<String> found) {
    if (found.isPresent() && !found.equals(problem)) {
      LOG.warn("New connections to ZooKeeper may fail: {}", found.get());
    }
    problem = found;
  }

  /** False when there was nothing to write. */
  private boolean write(TlsMaterial material) throws IOException {
    if (joined == null || material.own().isEmpty()) {
      return false;
    }
    try {
      return joined.ensureHolds(material.own().get().pem());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("what was read can be written", e);
    }
  }

  private static boolean isOneFile(ZkTls.ClientCertificate own) {
    try {
      return Files.isSameFile(own.certificateFile(), own.keyFile());
    } catch (IOException e) {
      return false;
    }
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
  }

  private static String notJoined(IOException failure) {
    return "zookeeper.tls: certificate and key cannot be joined in %s (%s): make room there, and the folder writable"
        .formatted(temporary(), failure);
  }

  private static void closeQuietly(@Nullable PrivateFile file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.warn("{} holds a private key and could not be deleted: delete it", file.path(), e);
      }
    }
  }
}
