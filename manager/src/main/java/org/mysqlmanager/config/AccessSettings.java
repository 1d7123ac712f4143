package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.AccessLimits;
import org.mysqlmanager.access.AccessRules;
import org.mysqlmanager.access.AnonymousReading;
import org.mysqlmanager.access.Token;
import org.mysqlmanager.access.User;

/**
 * The {@code access} block.
 *
 * @param warnings what is allowed but unwise, one sentence each
 */
record AccessSettings(AccessRules rules, List<String> warnings) {
  static final AccessSettings USUAL = of(null, null, null, null);

  @JsonCreator
  static AccessSettings of(
      @JsonProperty("anonymous_reading") @Nullable AnonymousReading anonymousReading,
      @JsonProperty("users") @Nullable List<@Nullable AccessUserSettings> users,
      @JsonProperty("tokens") @Nullable List<@Nullable AccessTokenSettings> tokens,
      @JsonProperty("limits") @Nullable AccessLimitSettings limits) {
    List<AccessUserSettings> userEntries = present(users);
    List<AccessTokenSettings> tokenEntries = present(tokens);
    List<User> known =
        userEntries.stream().map(AccessUserSettings::user).flatMap(Optional::stream).toList();
    List<Token> knownTokens =
        tokenEntries.stream().map(AccessTokenSettings::token).flatMap(Optional::stream).toList();
    AccessNames.requireDifferent("users", known.stream().map(User::name).toList());
    AccessNames.requireDifferent("tokens", knownTokens.stream().map(Token::name).toList());
    return new AccessSettings(
        new AccessRules(
            anonymousReading == null ? AnonymousReading.LOOPBACK : anonymousReading,
            known,
            knownTokens,
            limits == null ? AccessLimits.USUAL : limits.limits()),
        Stream.concat(
                warnings(
                    "access.users",
                    userEntries.stream().map(AccessUserSettings::password).toList()),
                warnings(
                    "access.tokens",
                    tokenEntries.stream().map(AccessTokenSettings::secret).toList()))
            .toList());
  }

  private static Stream<String> warnings(String list, List<Optional<SecretSetting>> secrets) {
    return IntStream.range(0, secrets.size())
        .mapToObj(index ->
            secrets
                .get(index)
                .flatMap(secret -> secret.warning(ConfigurationTree.childPath(list, index))))
        .flatMap(Optional::stream);
  }

  private static <T> List<T> present(@Nullable List<@Nullable T> entries) {
    return entries == null ? List.of() : entries.stream().filter(Objects::nonNull).toList();
  }
}
