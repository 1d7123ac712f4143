package org.mysqlmanager.zk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.zookeeper.util.PemReader;
import org.jspecify.annotations.Nullable;

/**
 * What is in the PEM files at one moment, read by ZooKeeper's own rules. Immutable.
 *
 * @param authorities who may sign a server's certificate
 * @param own what we show of ourselves, if anything
 */
record TlsMaterial(List<X509Certificate> authorities, Optional<Own> own) {
  private static final byte[] SAMPLE = {1, 2, 3};

  /**
   * Our certificate, followed by those above it, and its key.
   *
   * @param chain at least one
   */
  record Own(List<X509Certificate> chain, PrivateKey key) {
    Own {
      chain = List.copyOf(chain);
    }

    /** Both in one PEM file, as ZooKeeper's client wants them. */
    String pem() throws GeneralSecurityException {
      StringBuilder text = new StringBuilder();
      for (X509Certificate certificate : chain) {
        append(text, "CERTIFICATE", certificate.getEncoded());
      }
      append(text, "PRIVATE KEY", key.getEncoded());
      return text.toString();
    }

    private static void append(StringBuilder text, String what, byte[] encoded) {
      String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
      text.append("-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, base64, what));
    }
  }

  TlsMaterial {
    authorities = List.copyOf(authorities);
  }

  /**
   * Reads the files.
   *
   * @throws ZkTls.UnusableException with a sentence that names the setting and the file
   */
  static TlsMaterial read(ZkTls tls) {
    return new TlsMaterial(
        certificates("zookeeper.tls.ca_file", tls.caFile()), tls.client().map(TlsMaterial::own));
  }

  /** For connections by the JDK's own means. */
  SSLContext context() throws GeneralSecurityException, IOException {
    KeyStore trusted = emptyStore();
    for (int i = 0; i < authorities.size(); i++) {
      trusted.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = null;
    if (own.isPresent()) {
      KeyStore store = emptyStore();
      store.setKeyEntry(
          "key", own.get().key(), new char[0], own.get().chain().toArray(new X509Certificate[0]));
      keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Own own(ZkTls.ClientCertificate files) {
    List<X509Certificate> chain =
        certificates("zookeeper.tls.certificate_file", files.certificateFile());
    PrivateKey key = key(files.keyFile());
    if (!belongTogether(chain.getFirst(), key)) {
      throw new ZkTls.UnusableException(
          "zookeeper.tls.key_file %s is not the key of the first certificate in certificate_file %s: give the two that were made together"
              .formatted(files.keyFile(), files.certificateFile()),
          null);
    }
    return new Own(chain, key);
  }

  private static List<X509Certificate> certificates(String setting, Path file) {
    List<X509Certificate> certificates;
    try {
      certificates = PemReader.readCertificateChain(file.toFile());
    } catch (IOException e) {
      throw unreadable(setting, file, e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ZkTls.UnusableException(
          "%s %s holds a certificate that cannot be understood: give PEM".formatted(setting, file),
          e);
    }
    if (certificates.isEmpty()) {
      throw new ZkTls.UnusableException(
          "%s %s holds no certificate: give PEM, with BEGIN CERTIFICATE".formatted(setting, file),
          null);
    }
    return certificates;
  }

  private static PrivateKey key(Path file) {
    try {
      // Before it is read as something that it is not.
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (text.contains("-----BEGIN PRIVATE KEY-----")) {
        return PemReader.loadPrivateKey(file.toFile(), Optional.empty());
      }
    } catch (IOException e) {
      throw unreadable("zookeeper.tls.key_file", file, e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw noKey(file, e);
    }
    throw noKey(file, null);
  }

  private static ZkTls.UnusableException noKey(Path file, @Nullable Exception cause) {
    return new ZkTls.UnusableException(
        "zookeeper.tls.key_file %s holds no private key that can be used: give PKCS #8 in PEM, not encrypted (openssl pkcs8 -topk8 -nocrypt -in KEY)"
            .formatted(file),
        cause);
  }

  private static ZkTls.UnusableException unreadable(String setting, Path file, IOException e) {
    return new ZkTls.UnusableException(
        "%s %s cannot be read (%s): correct the path, or make it readable for the user that runs this program"
            .formatted(setting, file, e.getClass().getSimpleName()),
        e);
  }

  private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    String algorithm = key.getAlgorithm();
    if (!algorithm.equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    try {
      Signature signature =
          Signature.getInstance("SHA256with" + (algorithm.equals("EC") ? "ECDSA" : algorithm));
      signature.initSign(key);
      signature.update(SAMPLE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(SAMPLE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
