/**
 * HAProxy behind the port {@link org.mysqlmanager.reconcile.Proxy}, through its Runtime API: the
 * text protocol of a {@code stats socket … level admin} that listens on TCP (HAProxy's management
 * guide, chapter 9.3).
 *
 * <p>Depends on {@code model}, {@code observe}, {@code reconcile}, {@code net} and the JDK. {@link
 * org.mysqlmanager.haproxy.HaProxy} is thread-safe; everything else here is immutable or confined
 * to one call.
 */
@NullMarked
package org.mysqlmanager.haproxy;

import org.jspecify.annotations.NullMarked;
