package org.mysqlmanager.config;

import java.util.Optional;

/**
 * The accounts the manager uses for one cluster, complete: what the cluster's setup and proxies
 * need is present.
 *
 * @param manager the manager's own account on every MySQL server; it exists before the manager does
 * @param replication what replicas log in to the source with
 * @param monitor what ProxySQL watches the servers with
 * @param application what applications use, directly or through a proxy
 * @param proxyAdmin ProxySQL's admin interface
 */
public record Credentials(
    Account manager,
    Account replication,
    Optional<Account> monitor,
    Optional<Account> application,
    Optional<Account> proxyAdmin) {}
