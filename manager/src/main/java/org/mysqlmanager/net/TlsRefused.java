package org.mysqlmanager.net;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.TlsMode;

/**
 * There is somebody at the other end, and no agreement on TLS. The message is the end of a sentence
 * whose beginning names the server: what is wrong, under which mode, and the remedy.
 */
public final class TlsRefused extends SSLException {
  private static final long serialVersionUID = 1L;

  private TlsRefused(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The other end offers no TLS, or answers as if it had never heard of it. */
  public static TlsRefused notOffered(TlsMode mode, String remedy) {
    return new TlsRefused(
        "it offers no TLS, which tls.mode %s asks for: %s".formatted(mode, remedy), null);
  }

  /** What is trusted cannot be told. */
  static TlsRefused noAuthorities(String problem, @Nullable Throwable cause) {
    return new TlsRefused(problem, cause);
  }

  /** Empty if the error is the connection's own, which says nothing of TLS. */
  static Optional<TlsRefused> of(IOException error, TlsMode mode) {
    TlsRefused known = find(error, TlsRefused.class);
    if (known != null) {
      return Optional.of(known);
    }
    SSLException tls = find(error, SSLException.class);
    if (tls == null
        || find(error, EOFException.class) != null
        || find(tls, SocketException.class) != null
        || find(error, SocketTimeoutException.class) != null) {
      return Optional.empty();
    }
    return Optional.of(
        new TlsRefused("%s (tls.mode %s; %s)".formatted(problem(tls), mode, detail(tls)), error));
  }

  /** The last two are what remains when the certificate's own dates and issuer are right. */
  private static String problem(SSLException error) {
    if (find(error, CertificateExpiredException.class) != null) {
      return "its certificate has expired: renew it";
    }
    if (find(error, CertificateNotYetValidException.class) != null) {
      return "its certificate is not valid yet: check the clocks of both machines";
    }
    if (find(error, CertPathBuilderException.class) != null
        || find(error, CertPathValidatorException.class) != null) {
      return "its certificate comes from no authority that is trusted here: put the authority's certificate into tls.ca_file, or give the server a certificate from one that is there";
    }
    if (find(error, CertificateException.class) != null) {
      return "its certificate is for another host: give it one for the host that is configured here, or configure the host that it is for";
    }
    return error instanceof SSLHandshakeException
        ? "there is no agreement on TLS: it must speak TLS 1.2 or later, and trust us if it asks for certificates"
        : "what answers there does not speak TLS: check the port, and that TLS is enabled there";
  }

  private static String detail(SSLException error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }

  private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }
}
