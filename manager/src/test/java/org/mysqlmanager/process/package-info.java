/**
 * The whole product as real processes on this machine: mysqld, ZooKeeper, a proxy and the manager's
 * own jar. Nothing here reaches into the manager: what is asserted is asked of the servers, the
 * proxy, ZooKeeper and the HTTP API.
 */
package org.mysqlmanager.process;
