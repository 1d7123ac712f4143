package org.mysqlmanager.access;

import java.util.List;

/**
 * Who may do what, as configured.
 *
 * @param users with different names
 * @param tokens with different names
 */
public record AccessRules(
    AnonymousReading anonymousReading, List<User> users, List<Token> tokens, AccessLimits limits) {
  public AccessRules {
    users = List.copyOf(users);
    tokens = List.copyOf(tokens);
  }
}
