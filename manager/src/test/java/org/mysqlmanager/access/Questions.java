package org.mysqlmanager.access;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Builds requests that state only what matters. */
final class Questions {
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");
  static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.77");

  private final String method;
  private final String path;
  private final InetAddress local;
  private Endpoints endpoints = Endpoints.ADMIN;
  private InetAddress connected;
  private InetAddress remote;
  private OptionalLong bodyBytes = OptionalLong.empty();
  private boolean encodedBody;
  private boolean isPassedOn;
  private String host;
  private Optional<String> origin = Optional.empty();
  private Optional<String> fetchSite = Optional.empty();
  private Optional<String> authorization = Optional.empty();

  private Questions(
      String method, String path, InetAddress local, InetAddress remote, String host) {
    this.method = method;
    this.path = path;
    this.local = local;
    this.connected = remote;
    this.remote = remote;
    this.host = host;
  }

  /** Over the loopback, to the admin port. */
  static Questions local(String method, String path) {
    return new Questions(method, path, LOOPBACK, LOOPBACK, "127.0.0.1:8081");
  }

  /** From another machine, to the admin port. */
  static Questions remote(String method, String path) {
    return new Questions(method, path, HERE, THERE, "192.0.2.1:8081");
  }

  Questions on(Endpoints port) {
    return with(copy -> copy.endpoints = port);
  }

  Questions from(InetAddress address) {
    return with(copy -> {
      copy.connected = address;
      copy.remote = address;
    });
  }

  /** By a proxy that is believed. */
  Questions saidToBeFrom(InetAddress address) {
    return with(copy -> copy.remote = address);
  }

  /** With a header that only proxies add. */
  Questions passedOn() {
    return with(copy -> copy.isPassedOn = true);
  }

  Questions body(long bytes) {
    return with(copy -> copy.bodyBytes = OptionalLong.of(bytes));
  }

  Questions bodyOfUnknownLength() {
    return with(copy -> copy.encodedBody = true);
  }

  Questions host(String header) {
    return with(copy -> copy.host = header);
  }

  Questions origin(String header) {
    return with(copy -> copy.origin = Optional.of(header));
  }

  Questions fetchSite(String header) {
    return with(copy -> copy.fetchSite = Optional.of(header));
  }

  Questions authorization(String header) {
    return with(copy -> copy.authorization = Optional.of(header));
  }

  Questions as(String user, String password) {
    String pair = user + ":" + password;
    return authorization(
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  Questions bearer(String token) {
    return authorization("Bearer " + token);
  }

  Question question() {
    return new Question(
        endpoints,
        method,
        path,
        Optional.of(local),
        Optional.of(remote),
        Optional.of(connected),
        bodyBytes,
        encodedBody,
        isPassedOn,
        Optional.of(host),
        origin,
        fetchSite,
        authorization);
  }

  private Questions with(Consumer<Questions> change) {
    Questions copy = new Questions(method, path, local, remote, host);
    copy.endpoints = endpoints;
    copy.bodyBytes = bodyBytes;
    copy.connected = connected;
    copy.encodedBody = encodedBody;
    copy.isPassedOn = isPassedOn;
    copy.origin = origin;
    copy.fetchSite = fetchSite;
    copy.authorization = authorization;
    change.accept(copy);
    return copy;
  }
}
