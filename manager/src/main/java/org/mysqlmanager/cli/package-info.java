/**
 * The commands of the program: {@code server}, {@code check}, {@code status}, {@code hash-password}
 * and {@code make-token}. Whatever a user can mend is one sentence on standard error; a stack trace
 * means a bug. Depends on {@code config} for the first two and on {@code access} for the last two;
 * {@code status} is a client of the HTTP API and knows nothing but its JSON.
 */
@NullMarked
package org.mysqlmanager.cli;

import org.jspecify.annotations.NullMarked;
