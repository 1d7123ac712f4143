/**
 * Tests of the harness. Those on real processes are skipped, with the reason, where a program
 * cannot be had.
 */
@NullMarked
package org.mysqlmanager.local;

import org.jspecify.annotations.NullMarked;
