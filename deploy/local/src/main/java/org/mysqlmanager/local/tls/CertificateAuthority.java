package org.mysqlmanager.local.tls;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.mysqlmanager.local.LocalFiles;

/**
 * An authority of one's own, and the certificates that it gives: X.509, version 3, with keys on the
 * curve P-256, as PEM files that MySQL, HAProxy and ProxySQL read.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280">RFC 5280</a>
 */
public final class CertificateAuthority {
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";

  private static final Duration YEAR = Duration.ofDays(365);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;
  private final String name;
  private final KeyPair keys;

  private CertificateAuthority(Path folder, String name, KeyPair keys) {
    this.folder = folder;
    this.name = name;
    this.keys = keys;
  }

  /**
   * A certificate with its key.
   *
   * @param certificate PEM file: what is shown to others
   * @param key PEM file: what nobody else may read
   * @param both the one behind the other in one PEM file, as HAProxy wants it
   */
  public record Identity(Path certificate, Path key, Path both) {}

  /** From when to when a certificate is good. */
  public record Validity(Instant from, Instant until) {
    /** From an hour ago, as clocks differ, for a year. */
    public static Validity current() {
      Instant now = Instant.now();
      return new Validity(now.minus(Duration.ofHours(1)), now.plus(YEAR));
    }

    /** Until an hour ago. */
    public static Validity past() {
      Instant now = Instant.now();
      return new Validity(now.minus(YEAR), now.minus(Duration.ofHours(1)));
    }
  }

  /** A new authority, whose own certificate is in {@link #file()}. */
  public static CertificateAuthority create(Path folder, String name) {
    KeyPair keys = newKeys();
    String certificate = certificate(name, keys, name, keys, Validity.current(), isAuthority());
    LocalFiles.write(folder.resolve(name + ".pem"), certificate);
    return new CertificateAuthority(folder, name, keys);
  }

  /** The certificate of the authority, a PEM file: who trusts it trusts all that it has signed. */
  public Path file() {
    return folder.resolve(name + ".pem");
  }

  /** A certificate for this machine under each of its names for itself. */
  public Identity issueForLoopback(String owner) {
    return issue(owner, List.of("127.0.0.1", "::1", "localhost"), Validity.current());
  }

  /**
   * Makes a key and signs a certificate for it.
   *
   * @param owner names the files
   * @param hosts host names and IP addresses that it is for
   */
  public Identity issue(String owner, List<String> hosts, Validity validity) {
    KeyPair own = newKeys();
    String signed = certificate(owner, own, name, keys, validity, isFor(hosts));
    String key = pem("PRIVATE KEY", own.getPrivate().getEncoded());
    Identity identity =
        new Identity(
            folder.resolve(owner + ".pem"),
            folder.resolve(owner + "-key.pem"),
            folder.resolve(owner + "-both.pem"));
    LocalFiles.write(identity.certificate(), signed);
    LocalFiles.write(identity.key(), key);
    LocalFiles.write(identity.both(), signed + key);
    return identity;
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has this curve", e);
    }
  }

  private static String certificate(
      String subject,
      KeyPair subjectKeys,
      String issuer,
      KeyPair issuerKeys,
      Validity validity,
      byte[] extension) {
    byte[] algorithm = Der.sequence(Der.identifier(ECDSA_WITH_SHA256));
    byte[] content =
        Der.sequence(
            Der.taggedAround(0, Der.integer(BigInteger.TWO)), // version 3
            Der.integer(new BigInteger(64, RANDOM).add(BigInteger.ONE)),
            algorithm,
            distinguishedName(issuer),
            Der.sequence(Der.time(validity.from), Der.time(validity.until)),
            distinguishedName(subject),
            subjectKeys.getPublic().getEncoded(),
            Der.taggedAround(3, Der.sequence(extension)));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(issuerKeys.getPrivate());
      signature.update(content);
      return pem("CERTIFICATE", Der.sequence(content, algorithm, Der.bits(signature.sign())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java signs like this", e);
    }
  }

  private static byte[] distinguishedName(String commonName) {
    return Der.sequence(Der.setOf(Der.sequence(Der.identifier(COMMON_NAME), Der.text(commonName))));
  }

  private static byte[] isAuthority() {
    return Der.sequence(
        Der.identifier(BASIC_CONSTRAINTS), Der.yes(), Der.octets(Der.sequence(Der.yes())));
  }

  private static byte[] isFor(List<String> hosts) {
    byte[] names =
        Der.sequence(hosts.stream().map(CertificateAuthority::generalName).toArray(byte[][]::new));
    return Der.sequence(Der.identifier(ALTERNATIVE_NAMES), Der.octets(names));
  }

  private static byte[] generalName(String host) {
    try {
      return Der.tagged(7, InetAddress.ofLiteral(host).getAddress());
    } catch (IllegalArgumentException _) {
      return Der.tagged(2, host.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(
            kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), kind);
  }
}
