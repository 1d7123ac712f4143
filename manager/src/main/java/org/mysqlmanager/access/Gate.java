package org.mysqlmanager.access;

import java.net.InetAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.mysqlmanager.access.Refusal.Reason;
import org.mysqlmanager.model.Printable;

/**
 * Decides for each request whether it is answered. It knows methods, not endpoints: whatever is not
 * read with GET, HEAD or OPTIONS needs an operator, so that an endpoint that is added later is
 * protected without anybody thinking of it. Thread-safe.
 */
public final class Gate {
  /** They say back what they were told, or open a tunnel: nobody needs either here. */
  private static final Set<String> NEVER = Set.of("TRACE", "CONNECT", "TRACK");

  /** What browsers say of a request that no other site's page made. */
  private static final Set<String> OWN_PAGES = Set.of("same-origin", "none");

  private static final Verdict ANYBODY = new Verdict.Allowed(Optional.empty());

  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

  private final AccessRules rules;
  private final Authenticator authenticator;
  private final AddressBuckets requests;

  /**
   * Probes are counted apart, so that a client that asks too much does not make a probe of the same
   * address fail.
   */
  private final AddressBuckets probes;

  /**
   * @param nanos a clock that only goes forward, as {@link System#nanoTime}
   */
  public Gate(AccessRules rules, SecureRandom random, LongSupplier nanos) {
    AccessLimits limits = rules.limits();
    this.rules = rules;
    this.authenticator =
        new Authenticator(
            rules.users(), rules.tokens(), limits.failedLoginsPerMinute(), random, nanos);
    this.requests = buckets(limits, nanos);
    this.probes = buckets(limits, nanos);
  }

  /** Whether the request is answered. It may take a second, for a password. */
  public Verdict decide(Question question) {
    boolean isOpen = question.isReading() && question.endpoints().isOpen(question.path());
    Optional<Refusal> objection =
        tooMany(question, isOpen ? probes : requests).or(() -> unacceptable(question));
    if (objection.isPresent()) {
      return new Verdict.Refused(objection.get());
    }
    if (isOpen) {
      return ANYBODY;
    }
    return question.isReading() ? mayRead(question) : mayChange(question);
  }

  private static Optional<Refusal> tooMany(Question question, AddressBuckets buckets) {
    return buckets
        .take(question.remote().orElse(NOWHERE))
        .map(wait ->
            Refusal.later(
                Reason.TOO_MANY_REQUESTS,
                "too many requests from this address: ask less often, or raise access.limits.requests_per_second",
                wait));
  }

  private Optional<Refusal> unacceptable(Question question) {
    if (NEVER.contains(question.method())) {
      return objection(
          Reason.METHOD,
          "this method is not allowed here: GET, HEAD and OPTIONS read, POST starts a task");
    }
    if (question.encodedBody()) {
      return objection(
          Reason.BODY_LENGTH_UNKNOWN,
          "a body must be sent uncompressed and with its Content-Length, not in chunks");
    }
    int most = rules.limits().requestBodyBytes();
    if (question.bodyBytes().orElse(0) > most) {
      return objection(
          Reason.BODY_TOO_LONG,
          "the body is longer than %d bytes (access.limits.request_body_bytes): nothing here needs so much"
              .formatted(most));
    }
    return Optional.empty();
  }

  private Verdict mayRead(Question question) {
    return question.authorization().isEmpty() && isAnonymousReading(question)
        ? ANYBODY
        : hasRole(question, Role.VIEWER);
  }

  private boolean isAnonymousReading(Question question) {
    return switch (rules.anonymousReading()) {
      case EVERYWHERE -> true;
      case NOWHERE -> false;
      // Both ends: a router in between can lead others to a loopback address. And no proxy: what
      // comes through one on this machine comes from anywhere.
      case LOOPBACK ->
          Address.isLoopback(question.local())
              && Address.isLoopback(question.connected())
              && Address.isLoopback(question.remote())
              && !question.isPassedOn()
              && question.host().map(Address::namesLoopback).orElse(true);
    };
  }

  private Verdict mayChange(Question question) {
    // Before the credentials: a browser adds those it remembers to whatever a page has it send.
    return isOfForeignPage(question)
        ? refused(
            Refusal.of(
                Reason.FOREIGN_PAGE,
                "this was sent by a page of another site (Origin, Sec-Fetch-Site): it may not change anything"))
        : hasRole(question, Role.OPERATOR);
  }

  private static boolean isOfForeignPage(Question question) {
    boolean isForeignSite =
        question
            .fetchSite()
            .filter(site -> !OWN_PAGES.contains(site.strip().toLowerCase(Locale.ROOT)))
            .isPresent();
    return isForeignSite
        || question.origin().filter(origin -> !isOwn(origin, question)).isPresent();
  }

  /** Whether the page came from the very host and port that it now asks; "null" is no such page. */
  private static boolean isOwn(String origin, Question question) {
    try {
      String authority = URI.create(origin.strip()).getRawAuthority();
      return authority != null
          && question.host().filter(host -> host.strip().equalsIgnoreCase(authority)).isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Verdict hasRole(Question question, Role needed) {
    if (question.authorization().isEmpty()) {
      return refused(noCredentials(needed));
    }
    Authentication authentication =
        authenticator.authenticate(
            Credentials.parse(question.authorization().get()), question.remote().orElse(NOWHERE));
    return switch (authentication) {
      case Authentication.Accepted accepted when accepted.role().includes(needed) ->
          new Verdict.Allowed(Optional.of(Printable.quoted(accepted.name())));
      case Authentication.Accepted accepted ->
          refused(
              Refusal.of(
                  Reason.ROLE_MISSING,
                  "'%s' has the role %s; this needs the role %s"
                      .formatted(accepted.name(), accepted.role(), needed),
                  Printable.quoted(accepted.name())));
      case Authentication.Rejected rejected ->
          refused(
              Refusal.of(
                  Reason.WRONG_CREDENTIALS,
                  "user and password, or the token, are not right",
                  rejected.who()));
      case Authentication.TooManyFailures failures ->
          refused(
              Refusal.later(
                  Reason.TOO_MANY_FAILED_LOGINS,
                  "too many wrong passwords came from this address: wait, or use a token",
                  failures.retryAfter()));
      case Authentication.Busy busy ->
          refused(
              Refusal.later(
                  Reason.BUSY,
                  "too many passwords are being looked at: wait, or use a token",
                  busy.retryAfter()));
    };
  }

  private Refusal noCredentials(Role needed) {
    if (authenticator.knows(needed)) {
      return Refusal.of(
          Reason.NO_CREDENTIALS,
          "this needs the role %s: give user and password (basic), or a token (bearer)"
              .formatted(needed));
    }
    return Refusal.of(
        Reason.NOBODY_MAY,
        switch (needed) {
          case VIEWER ->
              "reading from here needs the role viewer, which nobody has: add a user or a token under access, or set access.anonymous_reading";
          case OPERATOR ->
              "this needs the role operator, which nobody has: add a user or a token with that role under access (./mm hash-password makes the line)";
        });
  }

  private static Verdict refused(Refusal refusal) {
    return new Verdict.Refused(refusal);
  }

  private static Optional<Refusal> objection(Reason reason, String sentence) {
    return Optional.of(Refusal.of(reason, sentence));
  }

  private static AddressBuckets buckets(AccessLimits limits, LongSupplier nanos) {
    return new AddressBuckets(
        limits.requestsPerSecond() * AccessLimits.BURST_SECONDS, limits.requestsPerSecond(), nanos);
  }
}
