/**
 * What people and programs see over HTTP: the clusters as JSON on the application port; health
 * checks and tasks on the admin port; and what stands before both ({@link
 * org.mysqlmanager.http.AccessHandler}). Depends on {@code model}, {@code observe}, {@code
 * reconcile} and {@code access}; it knows no adapter and changes nothing but by {@link
 * org.mysqlmanager.reconcile.ManagerStatus}. Every type is safe for use by many threads.
 */
@NullMarked
package org.mysqlmanager.http;

import org.jspecify.annotations.NullMarked;
