/**
 * Finds MySQL and a proxy on this machine, or unpacks them into a cache folder without changing
 * anything of the system. Depends on {@code process} and the JDK. Stateless; two processes that
 * unpack at once wait for each other.
 */
@NullMarked
package org.mysqlmanager.local.install;

import org.jspecify.annotations.NullMarked;
