package org.mysqlmanager.zk;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * TLS to the ensemble, 1.2 or newer. The servers' certificates must be made out to the names or
 * addresses of the connect string. All files are PEM, and read again for each new session.
 *
 * @param caFile the certificates of those who may sign a server's
 * @param client what we show of ourselves; empty when the ensemble does not ask for it
 */
public record ZkTls(Path caFile, Optional<ClientCertificate> client) {

  /**
   * Our own certificate.
   *
   * @param certificateFile the certificate, followed by those between it and the ensemble's CA
   * @param keyFile its private key in PKCS #8, not encrypted; may be the same file
   */
  public record ClientCertificate(Path certificateFile, Path keyFile) {}

  /** A file does not hold what it should; the message is a sentence for whoever set it. */
  public static final class UnusableException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnusableException(String sentence, @Nullable Throwable cause) {
      super(sentence, cause);
    }
  }
}
