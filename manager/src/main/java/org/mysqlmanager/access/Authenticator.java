package org.mysqlmanager.access;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.Printable;

/**
 * Finds out whose credentials those are. Thread-safe.
 *
 * <p>An attempt with a password takes the same time for every user and for names that are not
 * known: as long as the most expensive of the configured hashes. An address with too many wrong
 * passwords is refused, unseen, even the right one: else it could go on guessing at the one that is
 * remembered. Tokens are always looked at, as they cannot be guessed: whoever polls should use one.
 */
final class Authenticator {
  private static final double SECONDS_PER_MINUTE = 60;

  /** One at a time: a flood of guesses, from wherever, takes one processor and no more. */
  private static final int HASHED_AT_ONCE = 1;

  /** So many may wait for their turn; each holds a thread of a small pool. */
  private static final int WAITING = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Map<String, User> users;
  private final List<Token> tokens;
  private final int iterations;
  private final VerifiedPasswords verified;
  private final AddressBuckets failures;
  private final Semaphore hashing = new Semaphore(HASHED_AT_ONCE, true);
  private final HashingPlaces places = new HashingPlaces(HASHED_AT_ONCE + WAITING);

  Authenticator(
      List<User> users,
      List<Token> tokens,
      int failedLoginsPerMinute,
      SecureRandom random,
      LongSupplier nanos) {
    this.users =
        users.stream().collect(Collectors.toUnmodifiableMap(User::name, Function.identity()));
    this.tokens = List.copyOf(tokens);
    this.iterations = users.stream().mapToInt(user -> user.password().iterations()).max().orElse(0);
    this.verified = new VerifiedPasswords(random, nanos);
    this.failures =
        new AddressBuckets(
            failedLoginsPerMinute, failedLoginsPerMinute / SECONDS_PER_MINUTE, nanos);
  }

  Authentication authenticate(Credentials credentials, InetAddress address) {
    return switch (credentials) {
      case Credentials.Bearer bearer -> token(bearer.token());
      case Credentials.Basic basic -> password(basic, address);
      case Credentials.Malformed _ -> new Authentication.Rejected("(not readable)");
    };
  }

  /** Whether there is anyone with that role. */
  boolean knows(Role role) {
    return users.values().stream().anyMatch(user -> user.role().includes(role))
        || tokens.stream().anyMatch(token -> token.role().includes(role));
  }

  /** All are compared, so that the time does not tell which one came near. */
  private Authentication token(String presented) {
    Optional<Token> found = Optional.empty();
    for (Token token : tokens) {
      if (token.hash().matches(presented)) {
        found = Optional.of(token);
      }
    }
    return found
        .<Authentication>map(token -> new Authentication.Accepted(token.name(), token.role()))
        .orElseGet(() -> new Authentication.Rejected("(a token)"));
  }

  private Authentication password(Credentials.Basic basic, InetAddress address) {
    boolean isGuesser = !failures.isFull(address);
    Optional<Duration> wait = failures.take(address); // given back if it was none
    if (wait.isPresent()) {
      return new Authentication.TooManyFailures(wait.get());
    }
    User user = users.get(basic.user());
    if (user != null && verified.contain(basic.user(), basic.password())) {
      failures.giveBack(address);
      return new Authentication.Accepted(user.name(), user.role());
    }
    Optional<Boolean> isRight = compareInTurn(user, basic.password().toCharArray(), isGuesser);
    if (isRight.isEmpty()) {
      failures.giveBack(address);
      return new Authentication.Busy(PATIENCE);
    }
    if (user == null || !isRight.get()) {
      return new Authentication.Rejected(Printable.quoted(basic.user()));
    }
    failures.giveBack(address);
    verified.add(basic.user(), basic.password());
    return new Authentication.Accepted(user.name(), user.role());
  }

  /** Empty if it was not its turn for too long. */
  private Optional<Boolean> compareInTurn(@Nullable User user, char[] password, boolean isGuesser) {
    if (!places.enter(isGuesser)) {
      return Optional.empty();
    }
    try {
      if (!hashing.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
      try {
        int own = user == null ? 0 : user.password().iterations();
        boolean isRight = user != null && user.password().matches(password);
        PasswordHash.spend(password, iterations - own);
        return Optional.of(isRight);
      } finally {
        hashing.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      places.leave(isGuesser);
    }
  }
}
