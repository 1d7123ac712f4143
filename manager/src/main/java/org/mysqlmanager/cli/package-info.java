/**
 * The commands of the program: {@code server}, {@code check} and {@code status}. Whatever a user
 * can mend is one sentence on standard error; a stack trace means a bug. Depends on {@code config}
 * for the first two; {@code status} is a client of the HTTP API and knows nothing but its JSON.
 */
@NullMarked
package org.mysqlmanager.cli;

import org.jspecify.annotations.NullMarked;
