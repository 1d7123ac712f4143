/**
 * The command {@code ./mm local}: options, the launcher that owns the processes, the messages to it
 * from other terminals, and what it prints. Depends on the harness; nothing depends on it.
 */
@NullMarked
package org.mysqlmanager.local.cli;

import org.jspecify.annotations.NullMarked;
