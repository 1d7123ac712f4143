package org.mysqlmanager.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mysqlmanager.model.ClusterSpec;
import org.mysqlmanager.model.ProxyKind;

/** A {@code credentials} block, for all clusters or for one; accounts may be left out. */
record CredentialsSettings(
    Optional<AccountSettings> manager,
    Optional<AccountSettings> replication,
    Optional<AccountSettings> monitor,
    Optional<AccountSettings> application,
    Optional<AccountSettings> proxyAdmin) {
  static final CredentialsSettings NONE =
      new CredentialsSettings(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  @JsonCreator
  static CredentialsSettings of(
      @JsonProperty("manager") @Nullable AccountSettings manager,
      @JsonProperty("replication") @Nullable AccountSettings replication,
      @JsonProperty("monitor") @Nullable AccountSettings monitor,
      @JsonProperty("application") @Nullable AccountSettings application,
      @JsonProperty("proxy_admin") @Nullable AccountSettings proxyAdmin) {
    requireMysqlAccount("manager", manager);
    requireMysqlAccount("replication", replication);
    requireMysqlAccount("monitor", monitor);
    requireMysqlAccount("application", application);
    if (replication != null) {
      AccountRules.requireReplicationPassword("replication", replication);
    }
    if (proxyAdmin != null) {
      AccountRules.requireText("proxy_admin", proxyAdmin.password().reveal());
      requireNoSeparator("proxy_admin.user", proxyAdmin.user().orElse(""));
      requireNoSeparator("proxy_admin.password", proxyAdmin.password().reveal());
    }
    return new CredentialsSettings(
        Optional.ofNullable(manager),
        Optional.ofNullable(replication),
        Optional.ofNullable(monitor),
        Optional.ofNullable(application),
        Optional.ofNullable(proxyAdmin));
  }

  private static void requireMysqlAccount(String name, @Nullable AccountSettings account) {
    if (account != null) {
      AccountRules.requireMysqlAccount(name, account);
    }
  }

  /** These accounts, and where one is left out, the other block's. */
  CredentialsSettings orElse(CredentialsSettings other) {
    return new CredentialsSettings(
        manager.or(other::manager),
        replication.or(other::replication),
        monitor.or(other::monitor),
        application.or(other::application),
        proxyAdmin.or(other::proxyAdmin));
  }

  /**
   * What that cluster needs.
   *
   * @throws IllegalArgumentException if an account is missing, or two are the same
   */
  Credentials completeFor(ClusterSpec cluster) {
    boolean hasProxySql =
        cluster.proxies().stream().anyMatch(proxy -> proxy.kind() == ProxyKind.PROXYSQL);
    Credentials credentials =
        new Credentials(
            required(manager, "manager", "mm_manager", cluster, "for every server"),
            required(replication, "replication", "mm_replication", cluster, "for its replicas"),
            hasProxySql || cluster.setup().monitorUser()
                ? Optional.of(
                    required(monitor, "monitor", "mm_monitor", cluster, "for ProxySQL's monitor"))
                : monitor.map(settings -> settings.account("mm_monitor")),
            hasProxySql || cluster.setup().applicationUser()
                ? Optional.of(required(application, "application", "app", cluster, "to set it up"))
                : application.map(settings -> settings.account("app")),
            hasProxySql
                ? Optional.of(
                    required(proxyAdmin, "proxy_admin", "mm_admin", cluster, "for its ProxySQL"))
                : proxyAdmin.map(settings -> settings.account("mm_admin")));
    requireDifferentUsers(cluster, credentials);
    if (hasProxySql) {
      credentials
          .application()
          .ifPresent(account -> AccountRules.requireNoHash("credentials.application", account));
    }
    return credentials;
  }

  List<String> warnings(String where) {
    return Stream.of(
            manager.flatMap(account -> account.warning(where + ".manager")),
            replication.flatMap(account -> account.warning(where + ".replication")),
            monitor.flatMap(account -> account.warning(where + ".monitor")),
            application.flatMap(account -> account.warning(where + ".application")),
            proxyAdmin.flatMap(account -> account.warning(where + ".proxy_admin")))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Account required(
      Optional<AccountSettings> settings,
      String account,
      String usualUser,
      ClusterSpec cluster,
      String whatFor) {
    return settings
        .orElseThrow(() ->
            new IllegalArgumentException(
                "credentials.%s is missing: cluster %s needs it %s; give its password or password_file"
                    .formatted(account, cluster.name(), whatFor)))
        .account(usualUser);
  }

  /** One account for two purposes would be given the wrong rights, or lose its password. */
  private static void requireDifferentUsers(ClusterSpec cluster, Credentials credentials) {
    Map<String, String> accountByUser = new HashMap<>();
    accountByUser.put(credentials.manager().user(), "manager");
    requireNew(accountByUser, credentials.replication().user(), "replication", cluster);
    credentials
        .monitor()
        .ifPresent(account -> requireNew(accountByUser, account.user(), "monitor", cluster));
    credentials
        .application()
        .ifPresent(account -> requireNew(accountByUser, account.user(), "application", cluster));
  }

  private static void requireNew(
      Map<String, String> accountByUser, String user, String account, ClusterSpec cluster) {
    String other = accountByUser.putIfAbsent(user, account);
    if (other != null) {
      throw new IllegalArgumentException(
          "credentials.%s.user '%s' is also the user of credentials.%s (cluster %s): give each account a user of its own"
              .formatted(account, user, other, cluster.name()));
    }
  }

  /** ProxySQL keeps its administrators as {@code user:password;user:password}. */
  private static void requireNoSeparator(String field, String value) {
    if (value.indexOf(':') >= 0 || value.indexOf(';') >= 0) {
      throw new IllegalArgumentException(
          field + " holds ':' or ';': ProxySQL cannot keep that in its admin_credentials");
    }
  }
}
