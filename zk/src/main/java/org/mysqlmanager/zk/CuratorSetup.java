package org.mysqlmanager.zk;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.curator.framework.AuthInfo;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.state.SessionConnectionStateErrorPolicy;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.curator.utils.DefaultZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/** How Curator is set up: timeouts, account, encryption. */
final class CuratorSetup {
  private CuratorSetup() {}

  /**
   * Not started yet.
   *
   * @param acl for what Curator creates by itself, the queue of the election
   * @param tls null without TLS
   * @param closeLimit how long closing it may take
   */
  static CuratorFramework framework(
      ZkSettings settings, NodeAcl acl, @Nullable TlsFiles tls, Duration closeLimit) {
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .connectString(settings.connectString())
            .sessionTimeoutMs(Math.toIntExact(settings.sessionTimeout().toMillis()))
            .connectionTimeoutMs(Math.toIntExact(settings.connectTimeout().toMillis()))
            .maxCloseWaitMs(Math.toIntExact(closeLimit.toMillis()))
            .waitForShutdownTimeoutMs(Math.toIntExact(closeLimit.toMillis()))
            .retryPolicy(new BoundedExponentialBackoffRetry(100, 1_000, 8))
            // A connection that moves to another server within its session changes no leader; what
            // may be done meanwhile is for the lease to say.
            .connectionStateErrorPolicy(new SessionConnectionStateErrorPolicy())
            // The connect string is what an operator has set. What the ensemble says of itself may
            // be names that only its own network knows, or its port without TLS.
            .ensembleTracker(false)
            .aclProvider(new SameAcl(acl.forNew()));
    if (settings.security().authentication() instanceof ZkAuthentication.Digest digest) {
      // Curator adds them to each new handle, and the handle to each new connection before anything
      // else.
      builder.authorization(
          digest.credentials().stream()
              .map(each -> new AuthInfo("digest", each.getBytes(StandardCharsets.UTF_8)))
              .toList());
    }
    if (tls != null) {
      builder.zkClientConfig(tls.clientConfig()).zookeeperFactory(new RefreshingFactory(tls));
    }
    return builder.build();
  }

  /** One and the same for all znodes. */
  private record SameAcl(List<ACL> acl) implements ACLProvider {
    @Override
    public List<ACL> getDefaultAcl() {
      return acl;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
      return acl;
    }
  }

  /** Reads the certificates again for each new handle, which is for each new session. */
  private static final class RefreshingFactory extends DefaultZookeeperFactory {
    private final TlsFiles tls;

    RefreshingFactory(TlsFiles tls) {
      this.tls = tls;
    }

    @Override
    public ZooKeeper newZooKeeper(
        String connectString,
        int sessionTimeout,
        Watcher watcher,
        boolean canBeReadOnly,
        @Nullable ZKClientConfig config)
        throws Exception {
      var _ = tls.refresh();
      return super.newZooKeeper(connectString, sessionTimeout, watcher, canBeReadOnly, config);
    }
  }
}
