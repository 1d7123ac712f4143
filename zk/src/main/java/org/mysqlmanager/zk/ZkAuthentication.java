package org.mysqlmanager.zk;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How ZooKeeper is shown who we are; what we create is for that account alone. */
public sealed interface ZkAuthentication {

  /** Not at all: everybody may read and change what we create. */
  record None() implements ZkAuthentication {}

  /**
   * ZooKeeper's scheme {@code digest}. Any password is an account of its own to it: one that is
   * wrong is noticed by what it may not read.
   *
   * @param user without a colon, which ends it in ZooKeeper's view
   * @param previousPassword one that is being replaced by {@code password}: used, too, and let in
   */
  record Digest(String user, String password, Optional<String> previousPassword)
      implements ZkAuthentication {
    /** Refuses what ZooKeeper would understand as something else. */
    public Digest {
      if (user.isEmpty() || user.contains(":")) {
        throw new IllegalArgumentException("user is '%s': give a name without ':'".formatted(user));
      }
      if (password.isEmpty() || previousPassword.filter(String::isEmpty).isPresent()) {
        throw new IllegalArgumentException("the password of user %s is empty".formatted(user));
      }
    }

    /** In the form in which ZooKeeper wants them, {@code user:password}, the current one first. */
    List<String> credentials() {
      return Stream.concat(Stream.of(password), previousPassword.stream())
          .distinct()
          .map(each -> user + ":" + each)
          .toList();
    }

    /** Without the passwords. */
    @Override
    public String toString() {
      return "Digest[user=" + user + "]";
    }
  }
}
