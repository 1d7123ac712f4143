/**
 * ProxySQL behind the port {@link org.mysqlmanager.reconcile.Proxy}, through its admin interface.
 *
 * <p>That interface speaks MySQL's protocol, but behind it is SQLite with commands of ProxySQL's
 * own. MySQL's Connector/J cannot log in: it begins with a {@code SELECT @@session…} that SQLite
 * cannot parse and that no property turns off. So {@link org.mysqlmanager.proxysql.AdminSession}
 * speaks the few packets that are needed.
 *
 * <p>Depends on {@code model}, {@code observe}, {@code reconcile}, {@code net} and the JDK. {@link
 * org.mysqlmanager.proxysql.ProxySql} is thread-safe; everything else here is immutable or confined
 * to one call.
 */
@NullMarked
package org.mysqlmanager.proxysql;

import org.jspecify.annotations.NullMarked;
