package org.mysqlmanager.zk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that ZooKeeper's client reads for each new session. It wants certificate and key in
 * one: they are joined in a file of their own that only this user may read, in the folder for
 * temporary files, until this is closed. Thread-safe.
 */
final class TlsFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

  private final ZkTls tls;
  private final @Nullable Path joined;
  private TlsMaterial current;

  /**
   * Reads the files for the first time.
   *
   * @throws ZkTls.UnusableException when they do not hold what they should
   */
  TlsFiles(ZkTls tls) {
    this.tls = tls;
    this.current = TlsMaterial.read(tls);
    this.joined = tls.client().isPresent() ? newFile() : null;
    write(current);
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
    if (joined != null) {
      config.setProperty("zookeeper.ssl.keyStore.location", joined.toString());
      config.setProperty("zookeeper.ssl.keyStore.type", "PEM");
    }
    return config;
  }

  /** What was read last. */
  synchronized TlsMaterial current() {
    return current;
  }

  /**
   * Reads the files again, as certificates are renewed in place.
   *
   * @return whether there is something new
   */
  synchronized boolean refresh() {
    TlsMaterial read;
    try {
      read = TlsMaterial.read(tls);
    } catch (ZkTls.UnusableException e) {
      LOG.warn("The earlier certificates are used: {}", e.getMessage());
      return false;
    }
    if (read.equals(current)) {
      return false;
    }
    LOG.info("The certificates for ZooKeeper have changed and are used from now on");
    current = read;
    write(read);
    return true;
  }

  @Override
  public void close() {
    if (joined != null) {
      try {
        Files.deleteIfExists(joined);
      } catch (IOException e) {
        LOG.warn("{} holds a private key and could not be deleted: delete it", joined, e);
      }
    }
  }

  private static Path newFile() {
    try {
      // Readable for its owner only, and gone when the process is stopped in order.
      Path file = Files.createTempFile("zookeeper-client-", ".pem");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new ZkTls.UnusableException(
          "zookeeper.tls: certificate and key cannot be joined in %s (%s): make that folder writable"
              .formatted(System.getProperty("java.io.tmpdir"), e.getClass().getSimpleName()),
          e);
    }
  }

  private void write(TlsMaterial material) {
    Optional<TlsMaterial.Own> own = material.own();
    if (joined == null || own.isEmpty()) {
      return;
    }
    try {
      Files.writeString(joined, own.get().pem());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + joined, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("what was read can be written", e);
    }
  }
}
