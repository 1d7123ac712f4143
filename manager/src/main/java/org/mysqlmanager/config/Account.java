package org.mysqlmanager.config;

/** A user and its password. */
public record Account(String user, Secret password) {}
