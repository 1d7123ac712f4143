package org.mysqlmanager.model;

import java.time.Instant;

/** The end of the last failover, and which server was source before it. */
public record LastFailover(Instant ended, ServerId oldSource) {}
