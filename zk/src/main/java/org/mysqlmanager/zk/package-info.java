/**
 * What the program needs of ZooKeeper, and nothing of what it is used for: a connection with a
 * clock that says how long a session is certainly alive ({@link org.mysqlmanager.zk.ZkClient}), the
 * election of one leader with a number that only rises ({@link
 * org.mysqlmanager.zk.LeaderElection}), values that only the leader of the current number may
 * change ({@link org.mysqlmanager.zk.FencedStore}), and values that vanish with their writer
 * ({@link org.mysqlmanager.zk.EphemeralRegistry}).
 *
 * <p>Depends on ZooKeeper, Curator and SLF4J only. Curator's types stay inside: none is in a public
 * signature.
 *
 * <p><b>Errors.</b> A ZooKeeper that does not answer is an ordinary result, never an exception.
 * Exceptions mean a wrong argument. Every call ends within {@link
 * org.mysqlmanager.zk.ZkClient#callLimit()}, and an interrupt ends it at once with the interrupt
 * restored.
 *
 * <p><b>Threads.</b> Every public class may be used from any number of threads. Callbacks run on
 * virtual threads of their own, one at a time for each callback; changes that come while one runs
 * are joined into one further run, so a slow callback delays nobody else.
 */
@NullMarked
package org.mysqlmanager.zk;

import org.jspecify.annotations.NullMarked;
