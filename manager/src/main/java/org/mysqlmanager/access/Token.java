package org.mysqlmanager.access;

/**
 * One who shows a bearer token.
 *
 * @param name for the log; it is not sent
 */
public record Token(String name, Role role, TokenHash hash) {}
