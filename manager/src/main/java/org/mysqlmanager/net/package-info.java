/**
 * Calls over the network that are bounded in time: the deadline that all adapters share, and for
 * those that speak a protocol of their own over a socket, connections with name lookups included.
 *
 * <p>Depends on the JDK only. Everything here is immutable or thread-safe.
 */
@NullMarked
package org.mysqlmanager.net;

import org.jspecify.annotations.NullMarked;
