/**
 * The pure core: from what is wanted, what was decided before and what is seen now to the next
 * state and at most one step. Depends on {@code model}, {@code observe} and the JDK only: no clock,
 * no random numbers, no logging, no I/O. Stateless, so safe for use by any number of threads.
 */
@NullMarked
package org.mysqlmanager.decide;

import org.jspecify.annotations.NullMarked;
