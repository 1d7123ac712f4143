/**
 * What people and programs see over HTTP: the clusters as JSON on the application port; health
 * checks and tasks on the admin port. Depends on {@code model}, {@code observe} and {@code
 * reconcile}; it knows no adapter and changes nothing but by {@link
 * org.mysqlmanager.reconcile.ManagerStatus}. Every type is safe for use by many threads.
 */
@NullMarked
package org.mysqlmanager.http;

import org.jspecify.annotations.NullMarked;
