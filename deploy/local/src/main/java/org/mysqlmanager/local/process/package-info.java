/**
 * Running programs that never outlive this JVM, and the loopback ports they listen on. Depends on
 * the JDK only. All types may be used by several threads.
 */
@NullMarked
package org.mysqlmanager.local.process;

import org.jspecify.annotations.NullMarked;
