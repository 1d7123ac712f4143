package org.mysqlmanager.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mysqlmanager.access.Questions.local;
import static org.mysqlmanager.access.Questions.remote;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mysqlmanager.access.Refusal.Reason;

class GateTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int FEW_ITERATIONS = 10_000;
  private static final String TOKEN = TokenHash.newToken(RANDOM);

  private static final User OPERATOR = new User("operator", Role.OPERATOR, hashed("pass:wörd €"));
  private static final User VIEWER =
      new User("viewer", Role.VIEWER, new StoredPassword.Plain("looks"));
  private static final Token SCRAPER = new Token("scraper", Role.VIEWER, TokenHash.of(TOKEN));

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow

  private Gate gate =
      gate(AnonymousReading.LOOPBACK, AccessLimits.USUAL, List.of(OPERATOR, VIEWER));

  @Test
  void readingIsAnonymousOnTheLoopbackOnly() {
    for (Endpoints endpoints : Endpoints.values()) {
      for (String method : List.of("GET", "HEAD", "OPTIONS")) {
        assertAllowed(local(method, "/clusters").on(endpoints));
        assertRefused(Reason.NO_CREDENTIALS, remote(method, "/clusters").on(endpoints));
      }
    }
  }

  @Test
  void aLoopbackAddressThatAStrangerReachesIsNotTheLoopback() {
    assertRefused(Reason.NO_CREDENTIALS, local("GET", "/clusters").from(Questions.THERE));
  }

  @Test
  void whatAProxyOnThisMachinePassesOnIsNotOfTheLoopback() {
    assertRefused(Reason.NO_CREDENTIALS, local("GET", "/clusters").passedOn());
    assertRefused(Reason.NO_CREDENTIALS, local("GET", "/clusters").saidToBeFrom(Questions.THERE));
    assertAllowed(local("GET", "/clusters").passedOn().as("viewer", "looks"));
    assertAllowed(local("GET", "/ping").passedOn());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.9.9.9:1", "[::1]:8080"})
  void readingAnonymouslyNeedsAHostOfTheLoopback(String host) {
    assertAllowed(local("GET", "/clusters").host(host));
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example:8080", "192.0.2.1", "localhost.evil.example", "[::2]", ""})
  void aPageWhoseNameWasMadeToLeadHereReadsNothing(String host) {
    assertRefused(Reason.NO_CREDENTIALS, local("GET", "/clusters").host(host));
  }

  @Test
  void anonymousReadingMayBeEverywhereOrNowhere() {
    gate = gate(AnonymousReading.EVERYWHERE, AccessLimits.USUAL, List.of(OPERATOR));
    assertAllowed(remote("GET", "/clusters").host("evil.example"));
    assertRefused(Reason.NO_CREDENTIALS, remote("POST", "/tasks/resign"));
    gate = gate(AnonymousReading.NOWHERE, AccessLimits.USUAL, List.of(OPERATOR));
    assertRefused(Reason.NO_CREDENTIALS, local("GET", "/clusters"));
    assertAllowed(local("GET", "/clusters").as("operator", "pass:wörd €"));
  }

  @Test
  void whateverIsNotReadNeedsAnOperatorFromTheLoopbackToo() {
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get", "X")) {
      for (String path : List.of("/tasks/resign", "/ping", "/healthcheck", "/not/thought/of")) {
        assertRefused(Reason.NO_CREDENTIALS, local(method, path));
        assertRefused(Reason.ROLE_MISSING, local(method, path).as("viewer", "looks"));
        assertAllowed(local(method, path).as("operator", "pass:wörd €"));
      }
    }
  }

  @Test
  void whoIsAllowedIsKnownByName() {
    assertEquals(
        new Verdict.Allowed(Optional.of("'operator'")),
        gate.decide(local("POST", "/tasks/resign").as("operator", "pass:wörd €").question()));
    assertEquals(
        new Verdict.Allowed(Optional.of("'scraper'")),
        gate.decide(remote("GET", "/").bearer(TOKEN).question()));
    assertEquals(new Verdict.Allowed(Optional.empty()), gate.decide(local("GET", "/").question()));
  }

  @Test
  void aMissingRoleIsNamed() {
    String sentence =
        assertRefused(Reason.ROLE_MISSING, remote("POST", "/").bearer(TOKEN)).sentence();
    assertTrue(sentence.contains("role operator") && sentence.contains("scraper"), sentence);
  }

  @Test
  void anOperatorMayReadToo() {
    assertAllowed(remote("GET", "/clusters").as("operator", "pass:wörd €"));
    assertAllowed(remote("GET", "/clusters").as("viewer", "looks"));
    assertAllowed(remote("GET", "/clusters").bearer(TOKEN));
  }

  @Test
  void probesAreForEverybodyOnTheAdminPortOnly() {
    for (String path : List.of("/ping", "/ready")) {
      assertAllowed(remote("GET", path));
      assertAllowed(remote("GET", path).as("nobody", "wrong"));
      assertRefused(Reason.NO_CREDENTIALS, remote("GET", path).on(Endpoints.APPLICATION));
    }
    for (String path :
        List.of("/ping/", "/ping/x", "/", "/metrics", "/threads", "/pingx", "/healthcheck")) {
      assertRefused(Reason.NO_CREDENTIALS, remote("GET", path));
    }
  }

  @Test
  void withoutAnOperatorNothingIsChangedAndTheSentenceTellsTheSetting() {
    gate = gate(AnonymousReading.LOOPBACK, AccessLimits.USUAL, List.of());
    Refusal refusal = assertRefused(Reason.NOBODY_MAY, local("POST", "/tasks/resign"));
    assertEquals(403, refusal.reason().status());
    assertTrue(refusal.sentence().contains("under access"), refusal.sentence());
    assertTrue(refusal.sentence().contains("hash-password"), refusal.sentence());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic",
        "Basic !",
        "Basic b3BlcmF0b3I=",
        "Basic //8=",
        "Digest a=b",
        "Bearer",
        "Bearer ",
        "Bearer mm_x",
        ""
      })
  void whatIsNoCredentialsIsRefusedEvenWhereNoneAreNeeded(String header) {
    assertRefused(Reason.WRONG_CREDENTIALS, local("GET", "/clusters").authorization(header));
  }

  @Test
  void wrongCredentialsAreRefusedAndNeverRepeated() {
    for (Questions wrong :
        List.of(
            remote("GET", "/").as("operator", "guess-1"),
            remote("GET", "/").as("viewer", "guess-1"),
            remote("GET", "/").as("viewer", ""),
            remote("GET", "/").as("operator", ""),
            remote("GET", "/").as("stranger", "guess-1"),
            remote("GET", "/").as("Operator", "pass:wörd €"))) {
      Refusal refusal = assertRefused(Reason.WRONG_CREDENTIALS, wrong);
      assertEquals(401, refusal.reason().status());
      assertFalse(refusal.toString().contains("guess-1"), refusal.toString());
      assertFalse(wrong.question().toString().contains("Basic"), wrong.question().toString());
    }
  }

  @Test
  void aNameIsOneShortPrintableLine() {
    Refusal refusal =
        assertRefused(
            Reason.WRONG_CREDENTIALS,
            remote("GET", "/").as("a\nb\u001b[2J\u2028\u202e" + "c".repeat(999), "x"));
    String who = refusal.who().orElseThrow();
    assertTrue(who.startsWith("'a b?[2J ?ccc"), who);
    assertTrue(who.length() < 100, who);
  }

  @Test
  void afterTooManyWrongPasswordsNoneOfThatAddressIsLookedAtForAWhile() {
    gate =
        gate(AnonymousReading.LOOPBACK, new AccessLimits(1000, 3, 10, 10, 10), List.of(OPERATOR));
    for (int i = 0; i < 3; i++) {
      assertRefused(Reason.WRONG_CREDENTIALS, remote("POST", "/").as("operator", "guess" + i));
    }
    Questions right = remote("POST", "/").as("operator", "pass:wörd €");
    Refusal refusal = assertRefused(Reason.TOO_MANY_FAILED_LOGINS, right);
    assertEquals(429, refusal.reason().status());
    assertEquals(20, refusal.retryAfter().orElseThrow().toSeconds(), 1);
    // Others are not concerned, nor is a token, nor what needs no password.
    assertAllowed(right.from(InetAddress.ofLiteral("192.0.2.78")));
    assertAllowed(remote("GET", "/clusters").bearer(TOKEN));
    assertAllowed(remote("GET", "/ping"));
    pass(Duration.ofSeconds(21));
    assertAllowed(right);
  }

  @Test
  void rightPasswordsDoNotCountAsWrongOnes() {
    gate =
        gate(AnonymousReading.LOOPBACK, new AccessLimits(1000, 2, 10, 10, 10), List.of(OPERATOR));
    for (int i = 0; i < 20; i++) {
      assertAllowed(remote("POST", "/").as("operator", "pass:wörd €"));
    }
  }

  @Test
  void anAddressMayAskSoOften() {
    gate = gate(AnonymousReading.LOOPBACK, new AccessLimits(1, 10, 10, 10, 10), List.of());
    for (int i = 0; i < AccessLimits.BURST_SECONDS; i++) {
      assertAllowed(local("GET", "/clusters"));
    }
    Refusal refusal = assertRefused(Reason.TOO_MANY_REQUESTS, local("GET", "/clusters"));
    assertTrue(refusal.retryAfter().orElseThrow().compareTo(Duration.ofSeconds(1)) <= 0);
    assertAllowed(local("GET", "/ping")); // a probe does not suffer from it
    pass(Duration.ofSeconds(1));
    assertAllowed(local("GET", "/clusters"));
    assertRefused(Reason.TOO_MANY_REQUESTS, local("GET", "/clusters"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "Cross-Site", "anything"})
  void aPageOfAnotherSiteChangesNothingWithRememberedCredentials(String site) {
    assertRefused(
        Reason.FOREIGN_PAGE,
        local("POST", "/tasks/resign").as("operator", "pass:wörd €").fetchSite(site));
    assertAllowed(local("GET", "/clusters").fetchSite(site));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example",
        "null",
        "http://127.0.0.1:8080",
        "http://127.0.0.1",
        "%",
        ""
      })
  void aPageOfAnotherOriginChangesNothing(String origin) {
    assertRefused(
        Reason.FOREIGN_PAGE,
        local("POST", "/tasks/resign").as("operator", "pass:wörd €").origin(origin));
  }

  @Test
  void aPageOfItsOwnMay() {
    assertAllowed(
        local("POST", "/tasks/resign")
            .as("operator", "pass:wörd €")
            .origin("http://127.0.0.1:8081")
            .fetchSite("same-origin"));
  }

  @Test
  void traceIsForNobody() {
    for (String method : List.of("TRACE", "TRACK", "CONNECT")) {
      assertRefused(Reason.METHOD, local(method, "/").as("operator", "pass:wörd €"));
    }
  }

  @Test
  void aBodyHasALengthAndItIsShort() {
    Questions post = local("POST", "/tasks/resign").as("operator", "pass:wörd €");
    assertAllowed(post.body(AccessLimits.USUAL.requestBodyBytes()));
    Refusal tooLong =
        assertRefused(Reason.BODY_TOO_LONG, post.body(AccessLimits.USUAL.requestBodyBytes() + 1L));
    assertEquals(413, tooLong.reason().status());
    assertEquals(
        411,
        assertRefused(Reason.BODY_LENGTH_UNKNOWN, post.bodyOfUnknownLength()).reason().status());
    assertRefused(Reason.BODY_TOO_LONG, local("GET", "/ping").body(Long.MAX_VALUE));
  }

  @Test
  void aFloodOfGuessesFromManyAddressesIsLookedAtOneByOneAndMostlyNotAtAll() throws Exception {
    User expensive =
        new User(
            "operator",
            Role.OPERATOR,
            new StoredPassword.Hashed(PasswordHash.of("o".toCharArray(), 1_000_000, RANDOM)));
    gate = gate(AnonymousReading.LOOPBACK, AccessLimits.USUAL, List.of(expensive));
    int attempts = 12;
    CyclicBarrier together = new CyclicBarrier(attempts);
    List<Future<Optional<Reason>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(attempts)) {
      for (int i = 0; i < attempts; i++) {
        Question guess =
            remote("POST", "/")
                .from(InetAddress.ofLiteral("192.0.2." + i))
                .as("operator", "guess")
                .question();
        answers.add(
            threads.submit(() -> {
              together.await();
              return refusal(guess).map(Refusal::reason);
            }));
      }
      int busy = 0;
      for (Future<Optional<Reason>> answer : answers) {
        Reason reason = answer.get().orElseThrow();
        assertTrue(List.of(Reason.BUSY, Reason.WRONG_CREDENTIALS).contains(reason), "" + reason);
        busy += reason == Reason.BUSY ? 1 : 0;
      }
      assertTrue(busy > 0 && busy < attempts, busy + " of " + attempts);
      assertAllowed(remote("GET", "/clusters").bearer(TOKEN));
    }
  }

  private Gate gate(AnonymousReading reading, AccessLimits limits, List<User> users) {
    List<Token> tokens = users.isEmpty() ? List.of() : List.of(SCRAPER);
    return new Gate(new AccessRules(reading, users, tokens, limits), RANDOM, nanos::get);
  }

  private Optional<Refusal> refusal(Question question) {
    return switch (gate.decide(question)) {
      case Verdict.Allowed _ -> Optional.empty();
      case Verdict.Refused refused -> Optional.of(refused.refusal());
    };
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void assertAllowed(Questions request) {
    assertEquals(Optional.empty(), refusal(request.question()), request.question().toString());
  }

  private Refusal assertRefused(Reason reason, Questions request) {
    Optional<Refusal> refusal = refusal(request.question());
    assertEquals(Optional.of(reason), refusal.map(Refusal::reason), request.question().toString());
    return refusal.orElseThrow();
  }

  private static StoredPassword hashed(String password) {
    return new StoredPassword.Hashed(
        PasswordHash.of(password.toCharArray(), FEW_ITERATIONS, RANDOM));
  }
}
