/**
 * A whole system of real processes on one machine's loopback: MySQL servers, a ZooKeeper ensemble,
 * a proxy and managers. {@link org.mysqlmanager.local.LocalSystem} is used by the command {@code
 * ./mm local} and by the tests that need real processes.
 *
 * <p>Uses {@code process} (running programs) and {@code install} (finding or unpacking them); knows
 * nothing of the manager's classes, only how its jar is started and what its HTTP API answers.
 * {@code LocalSystem} may be used by several threads; one call on one component runs at a time.
 */
@NullMarked
package org.mysqlmanager.local;

import org.jspecify.annotations.NullMarked;
