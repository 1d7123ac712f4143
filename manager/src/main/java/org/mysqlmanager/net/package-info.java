/**
 * Calls over the network that are bounded in time: the deadline that all adapters share, and for
 * those that speak a protocol of their own over a socket, connections with name lookups included;
 * and TLS over such connections.
 *
 * <p>Depends on the JDK and on {@code model}. Everything here is immutable or thread-safe.
 */
@NullMarked
package org.mysqlmanager.net;

import org.jspecify.annotations.NullMarked;
