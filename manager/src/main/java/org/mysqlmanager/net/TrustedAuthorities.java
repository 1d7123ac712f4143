package org.mysqlmanager.net;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed. Thread-safe. */
sealed interface TrustedAuthorities {
  /** A context by which certificates are judged as they are to be now. */
  SSLContext context() throws TlsRefused;

  /** Those in that PEM file, as it is at the time; without one those that the JVM trusts. */
  static TrustedAuthorities of(Optional<String> pemFile) {
    return pemFile.<TrustedAuthorities>map(InFile::new).orElseGet(OfJvm::new);
  }

  /** Everybody. */
  static TrustedAuthorities anyWhatever() {
    return new Anybody();
  }

  /** No certificate is looked at. */
  final class Anybody implements TrustedAuthorities {
    private final SSLContext context = make(new TrustManager[] {new AnyCertificate()});

    @Override
    public SSLContext context() {
      return context;
    }
  }

  /** Java's own list, or what {@code javax.net.ssl.trustStore} names; read once. */
  final class OfJvm implements TrustedAuthorities {
    private final SSLContext context = make(null);

    @Override
    public SSLContext context() {
      return context;
    }
  }

  /** The certificates in a file, read again when it changes. */
  final class InFile implements TrustedAuthorities {
    private final String file;
    private @Nullable Loaded loaded;

    InFile(String file) {
      this.file = file;
    }

    private record Loaded(FileTime modified, long size, SSLContext context) {}

    @Override
    public synchronized SSLContext context() throws TlsRefused {
      try {
        Path path = Path.of(file);
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        Loaded before = loaded;
        if (before == null
            || before.size != now.size()
            || !before.modified.equals(now.lastModifiedTime())) {
          before = new Loaded(now.lastModifiedTime(), now.size(), make(trusting(path)));
          loaded = before;
        }
        return before.context;
      } catch (IOException | InvalidPathException e) {
        throw TlsRefused.noAuthorities(
            "tls.ca_file %s cannot be read on this manager's machine (%s: %s)"
                .formatted(file, e.getClass().getSimpleName(), e.getMessage()),
            e);
      } catch (GeneralSecurityException e) {
        throw TlsRefused.noAuthorities(
            "tls.ca_file %s holds no certificates in PEM form (%s)".formatted(file, e.getMessage()),
            e);
      }
    }

    private static TrustManager[] trusting(Path path) throws IOException, GeneralSecurityException {
      Collection<? extends Certificate> certificates;
      try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
        certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
      }
      if (certificates.isEmpty()) {
        throw new CertificateException("there is none in it");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      for (TrustManager manager : managers.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager judge) {
          return new TrustManager[] {new InTime(judge)};
        }
      }
      throw new KeyStoreException("this Java judges no certificates");
    }
  }

  private static SSLContext make(TrustManager @Nullable [] managers) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  /**
   * What the other one judges, and the dates of a server's own certificate: to the JDK one that is
   * itself in the file is good without them.
   */
  final class InTime extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;

    InTime(X509ExtendedTrustManager judge) {
      this.judge = judge;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      judge.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      judge.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      judge.checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      judge.checkServerTrusted(chain, authType, socket);
      chain[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      judge.checkServerTrusted(chain, authType, engine);
      chain[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      judge.checkServerTrusted(chain, authType);
      chain[0].checkValidity();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return judge.getAcceptedIssuers();
    }
  }

  /** An extended one: of others the JDK still checks the algorithms of the certificates. */
  final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
