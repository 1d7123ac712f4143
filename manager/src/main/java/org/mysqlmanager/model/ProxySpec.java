package org.mysqlmanager.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One proxy in front of a cluster.
 *
 * @param adminPort ProxySQL's admin interface, or HAProxy's stats socket (level admin) on TCP
 * @param writerHostgroup ProxySQL only: the hostgroup of the writer
 * @param readerHostgroup ProxySQL only: the hostgroup of the readers
 * @param writerBackend HAProxy only: the backend of the writer
 * @param readerBackend HAProxy only: the backend of the readers
 * @param tls for the admin interface; HAProxy's socket cannot be asked whether it speaks TLS, so
 *     {@code preferred} is for ProxySQL only
 */
public record ProxySpec(
    ProxyName name,
    ProxyKind kind,
    String host,
    @JsonProperty("admin_port") int adminPort,
    @JsonProperty("writer_hostgroup") int writerHostgroup,
    @JsonProperty("reader_hostgroup") int readerHostgroup,
    @JsonProperty("writer_backend") String writerBackend,
    @JsonProperty("reader_backend") String readerBackend,
    ProxyTls tls) {
  private static final Pattern BACKEND = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  public ProxySpec {
    Names.requireHost("proxy " + name, host);
    Names.requireComparable("proxy " + name, host, tls.mode());
    Names.requirePort("proxy " + name + ": admin_port", adminPort);
    requireHostgroup(name, "writer_hostgroup", writerHostgroup);
    requireHostgroup(name, "reader_hostgroup", readerHostgroup);
    if (writerHostgroup == readerHostgroup) {
      throw new IllegalArgumentException(
          "proxy %s: writer_hostgroup and reader_hostgroup are both %d: they must differ"
              .formatted(name, writerHostgroup));
    }
    requireBackend(name, "writer_backend", writerBackend);
    requireBackend(name, "reader_backend", readerBackend);
    if (writerBackend.equals(readerBackend)) {
      throw new IllegalArgumentException(
          "proxy %s: writer_backend and reader_backend are both '%s': they must differ"
              .formatted(name, writerBackend));
    }
    if (kind == ProxyKind.HAPROXY && tls.mode() == TlsMode.PREFERRED) {
      throw new IllegalArgumentException(
          "proxy %s: tls.mode preferred is not possible: HAProxy's socket either speaks TLS or does not; give disabled, required, verify_ca or verify_identity"
              .formatted(name));
    }
  }

  /** With the TLS that its kind has when nothing is said of it. */
  public ProxySpec(
      ProxyName name,
      ProxyKind kind,
      String host,
      int adminPort,
      int writerHostgroup,
      int readerHostgroup,
      String writerBackend,
      String readerBackend) {
    this(
        name,
        kind,
        host,
        adminPort,
        writerHostgroup,
        readerHostgroup,
        writerBackend,
        readerBackend,
        ProxyTls.standard(kind));
  }

  public ProxySpec withTls(ProxyTls newTls) {
    return new ProxySpec(
        name,
        kind,
        host,
        adminPort,
        writerHostgroup,
        readerHostgroup,
        writerBackend,
        readerBackend,
        newTls);
  }

  @JsonCreator
  static ProxySpec of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("kind") @Nullable ProxyKind kind,
      @JsonProperty("host") @Nullable String host,
      @JsonProperty("admin_port") @Nullable Integer adminPort,
      @JsonProperty("writer_hostgroup") @Nullable Integer writerHostgroup,
      @JsonProperty("reader_hostgroup") @Nullable Integer readerHostgroup,
      @JsonProperty("writer_backend") @Nullable String writerBackend,
      @JsonProperty("reader_backend") @Nullable String readerBackend,
      @JsonProperty("tls") @Nullable ProxyTls tls) {
    ProxyName id = new ProxyName(name == null ? "" : name);
    if (kind == null) {
      throw new IllegalArgumentException("proxy " + id + ": kind is missing: proxysql or haproxy");
    }
    if (adminPort == null && kind == ProxyKind.HAPROXY) {
      throw new IllegalArgumentException(
          "proxy " + id + ": admin_port is missing: the TCP port of HAProxy's stats socket");
    }
    return new ProxySpec(
        id,
        kind,
        host == null ? "" : host,
        adminPort == null ? 6032 : adminPort,
        writerHostgroup == null ? 10 : writerHostgroup,
        readerHostgroup == null ? 20 : readerHostgroup,
        writerBackend == null ? "mysql_writer" : writerBackend,
        readerBackend == null ? "mysql_readers" : readerBackend,
        tls == null ? ProxyTls.standard(kind) : tls);
  }

  public Endpoint adminEndpoint() {
    return new Endpoint(host, adminPort);
  }

  private static void requireHostgroup(ProxyName name, String field, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "proxy %s: %s %d is negative: a hostgroup is 0 or more".formatted(name, field, value));
    }
  }

  private static void requireBackend(ProxyName name, String field, String value) {
    if (!BACKEND.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "proxy %s: %s %s is not valid: use 1 to 64 letters, digits, '.', '_', ':' or '-'"
              .formatted(name, field, Names.quoted(value)));
    }
  }
}
