package org.mysqlmanager.containers;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks, several times a second and from beginning to end, at what ProxySQL's runtime table says
 * about writers: each answer is a moment, and in none of them may there be two. Thread-safe.
 */
final class RoutingWatch {
  /** One client that asks again and again; a new one when the connection breaks. */
  private static final String LOOP =
      """
      export MYSQL_PWD=$0
      while :; do
        while sleep 0.2; do
          echo "SELECT 'writers', IFNULL(GROUP_CONCAT(hostname), '') FROM runtime_mysql_servers \
      WHERE hostgroup_id = 10 AND status = 'ONLINE';"
        done | mysql --no-defaults --unbuffered -N -B -h proxy -P %d -u %s
        sleep 0.5
      done 2>/dev/null
      """
          .formatted(Recipes.PROXYSQL_ADMIN_PORT, Account.PROXY_ADMIN.user());

  private final StringBuilder line = new StringBuilder();
  private final AtomicLong looks = new AtomicLong();
  private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

  RoutingWatch(ContainerSystem system) {
    Exec.follow(
        Engine.client(),
        system.node(ContainerSystem.TOOLS).id(),
        this::take,
        "bash",
        "-c",
        LOOP,
        Account.PROXY_ADMIN.password());
  }

  /** How many answers there were so far. */
  long looks() {
    return looks.get();
  }

  /** The answers that named two writers. */
  List<String> violations() {
    return List.copyOf(violations);
  }

  private synchronized void take(String part) {
    for (char character : part.toCharArray()) {
      if (character != '\n') {
        line.append(character);
        continue;
      }
      String answer = line.toString();
      line.setLength(0);
      if (answer.startsWith("writers\t")) {
        looks.incrementAndGet();
        if (answer.contains(",")) {
          violations.add(answer);
        }
      }
    }
  }
}
