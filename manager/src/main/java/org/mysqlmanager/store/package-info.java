/**
 * Keeps specs, states and history in ZooKeeper, leadership included, and transactions that had to
 * leave a server in files. Implements the ports of {@code reconcile} on the {@code zk} module;
 * knows nothing of MySQL. Thread-safe.
 */
@NullMarked
package org.mysqlmanager.store;

import org.jspecify.annotations.NullMarked;
