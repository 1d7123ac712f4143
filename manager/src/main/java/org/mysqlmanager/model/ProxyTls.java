package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the managers' connections to a proxy's admin interface are encrypted.
 *
 * @param caFile PEM file on the managers' machines, with the certificates of the authorities that
 *     they trust; empty: those that the JVM trusts
 */
public record ProxyTls(TlsMode mode, @JsonProperty("ca_file") Optional<String> caFile) {
  /** If ProxySQL offers it, as it does unless told not to. */
  public static final ProxyTls PREFERRED = new ProxyTls(TlsMode.PREFERRED, Optional.empty());

  /** HAProxy's socket speaks no TLS unless its certificate is configured. */
  public static final ProxyTls DISABLED = new ProxyTls(TlsMode.DISABLED, Optional.empty());

  public ProxyTls {
    CertificateFiles.requireUsed(mode, "ca_file", caFile);
  }

  @JsonCreator
  static ProxyTls of(
      @JsonProperty("mode") @Nullable TlsMode mode,
      @JsonProperty("ca_file") @Nullable String caFile) {
    if (mode == null) {
      throw new IllegalArgumentException(
          "mode is missing: disabled, preferred, required, verify_ca or verify_identity");
    }
    return new ProxyTls(mode, CertificateFiles.given(caFile));
  }

  /** What is used where the operator says nothing: nothing that would need a certificate. */
  static ProxyTls standard(ProxyKind kind) {
    return switch (kind) {
      case PROXYSQL -> PREFERRED;
      case HAPROXY -> DISABLED;
    };
  }

  /** As in {@code mode required} or {@code mode verify_ca with ca_file /a}. */
  @Override
  public String toString() {
    return "mode " + mode + caFile.map(path -> " with ca_file " + path).orElse("");
  }
}
