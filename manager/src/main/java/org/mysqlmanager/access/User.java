package org.mysqlmanager.access;

/** One who logs in with name and password. */
public record User(String name, Role role, StoredPassword password) {}
