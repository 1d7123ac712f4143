package org.mysqlmanager.mysql;

/**
 * The accounts of a cluster, the same on each of its servers. Its text form holds no password.
 *
 * @param manager what this program uses
 * @param replication what replicas and clones use
 * @param monitor what proxies check servers with
 * @param application what the applications use, through the proxies
 */
public record MySqlAccounts(
    Account manager, Account replication, Account monitor, Account application) {}
