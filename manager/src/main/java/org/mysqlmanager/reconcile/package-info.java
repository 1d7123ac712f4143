/**
 * The loop that observes, decides, stores and acts, and the ports through which it does so. Depends
 * on {@code model}, {@code observe} and {@code decide}; adapters implement the ports and are wired
 * in by the application.
 */
@NullMarked
package org.mysqlmanager.reconcile;

import org.jspecify.annotations.NullMarked;
