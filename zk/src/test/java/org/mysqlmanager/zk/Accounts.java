package org.mysqlmanager.zk;

import static org.awaitility.Awaitility.await;
import static org.mysqlmanager.zk.TestingZooKeeper.DEADLINE;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/** Accounts of the tests, and what others than this program do with them. */
final class Accounts {
  /** Above the root. */
  static final String PARENT = "/test";

  private Accounts() {}

  static ZkSecurity security(ZkAuthentication authentication) {
    return new ZkSecurity(authentication, Optional.empty(), Set.of("members", "groups"));
  }

  static ZkAuthentication.Digest digest(String password) {
    return new ZkAuthentication.Digest("mysql-manager", password, Optional.empty());
  }

  static ZkAuthentication.Digest digest(String password, String previous) {
    return new ZkAuthentication.Digest("mysql-manager", password, Optional.of(previous));
  }

  static List<ACL> acl(ZkAuthentication.Digest digest) {
    return digest.credentials().stream()
        .map(each -> new ACL(ZooDefs.Perms.ALL, id(each)))
        .collect(Collectors.toList());
  }

  static Id id(String credentials) {
    try {
      return new Id("digest", DigestAuthenticationProvider.generateDigest(credentials));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** ZooKeeper's own client, without an account if there are no credentials. */
  static ZooKeeper raw(TestingZooKeeper zooKeeper, String credentials) throws Exception {
    ZooKeeper client = new ZooKeeper(zooKeeper.connectString(), 10_000, _ -> {});
    await().atMost(DEADLINE).until(() -> client.getState().isConnected());
    if (credentials != null) {
      client.addAuthInfo("digest", bytes(credentials));
    }
    return client;
  }

  /** Znodes that are open to everybody. */
  static void create(ZooKeeper client, String... paths) throws Exception {
    for (String path : paths) {
      client.create(path, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }
  }

  static String problem(ZkClient client) {
    return await().atMost(DEADLINE).until(client::problem, Optional::isPresent).orElseThrow();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
