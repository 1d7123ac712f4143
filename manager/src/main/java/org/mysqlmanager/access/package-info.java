/**
 * Who may do what over HTTP: roles, stored passwords and tokens, limits per remote address, and the
 * one decision that both ports ask for each request ({@link org.mysqlmanager.access.Gate}). It uses
 * the JDK and the model only and knows no HTTP library, so that every rule is tested without a
 * server; {@code http} puts it in front of everything that answers. Every type is immutable or
 * thread-safe.
 */
@NullMarked
package org.mysqlmanager.access;

import org.jspecify.annotations.NullMarked;
