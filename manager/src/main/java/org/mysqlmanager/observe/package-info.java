/**
 * What was seen in one look at a cluster. Depends on {@code model} and the JDK only; every type is
 * immutable. What does not answer is data here, never an exception.
 */
@NullMarked
package org.mysqlmanager.observe;

import org.jspecify.annotations.NullMarked;
