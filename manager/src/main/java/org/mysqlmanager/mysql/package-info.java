/**
 * The adapter that drives MySQL servers: implements {@code reconcile.MySqlServer} with MySQL
 * Connector/J, plain JDBC and no pool. Depends on {@code model}, {@code observe}, {@code reconcile}
 * and {@code net}; nothing depends on it but the application, which wires it in.
 *
 * <p>Nothing here throws for what a server or a network does: {@code SQLException} becomes a {@code
 * ServerObservation.Unreachable} or a {@code StepResult} at the edge. {@link
 * org.mysqlmanager.mysql.ConnectorJServer} is thread-safe; the types it is made of are immutable,
 * or confined to one thread at a time as each of them says.
 */
@NullMarked
package org.mysqlmanager.mysql;

import org.jspecify.annotations.NullMarked;
