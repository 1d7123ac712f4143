package org.mysqlmanager.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.access.Role;

/** Names and roles in the {@code access} block. */
final class AccessNames {
  private static final int LONGEST = 64;

  private AccessNames() {}

  static String checked(@Nullable String name) {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("name is missing: give the name to log in with");
    }
    if (name.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "name '%s' holds ':': with basic authentication the password begins there, so leave it out"
              .formatted(name.replaceAll("\\p{Cntrl}", "?")));
    }
    if (name.length() > LONGEST
        || !name.strip().equals(name)
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "name '%s' is not valid: use 1 to %d characters, none of them a control character, without spaces at the ends"
              .formatted(name.replaceAll("\\p{Cntrl}", "?"), LONGEST));
    }
    return name;
  }

  static Role required(@Nullable Role role) {
    if (role == null) {
      throw new IllegalArgumentException("role is missing: viewer or operator");
    }
    return role;
  }

  /** Twice the same name would leave open which password and role it has. */
  static void requireDifferent(String list, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            "%s lists the name '%s' twice: give each its own".formatted(list, name));
      }
    }
  }
}
