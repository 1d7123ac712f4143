package org.mysqlmanager.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates in a PEM file, as what a manager's own must be signed by, or be. */
final class TrustedCertificates {
  private TrustedCertificates() {}

  /** Trusts these and no others. Host names are checked all the same. */
  static SSLContext context(String file) throws CommandFailed {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      int number = 0;
      for (Certificate certificate : read(file)) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw new CertificateException("it holds none");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (CertificateException e) {
      throw failed(file, "holds no certificate in PEM form");
    } catch (NoSuchFileException e) {
      throw failed(file, "does not exist");
    } catch (IOException | InvalidPathException e) {
      throw failed(file, "cannot be read");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  private static Collection<? extends Certificate> read(String file)
      throws IOException, CertificateException {
    try (InputStream input = Files.newInputStream(Path.of(file))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(input);
    }
  }

  private static CommandFailed failed(String file, String problem) {
    return new CommandFailed(
        StatusCommand.UNREACHABLE,
        "--ca-file %s %s: give the certificate that signed the managers' own."
            .formatted(file, problem));
  }
}
