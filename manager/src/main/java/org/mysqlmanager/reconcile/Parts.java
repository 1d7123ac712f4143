package org.mysqlmanager.reconcile;

import java.time.Clock;
import java.time.Duration;

/**
 * What the loops are made of.
 *
 * @param checkInterval from one timed check of a cluster to the next
 * @param observeTimeout how long one look at one server or proxy may take
 */
public record Parts(
    Clock clock,
    Duration checkInterval,
    Duration observeTimeout,
    Leadership leadership,
    StateStore store,
    Connector connector,
    TransactionArchive archive,
    StepListener listener) {}
