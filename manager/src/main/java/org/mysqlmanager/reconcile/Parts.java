package org.mysqlmanager.reconcile;

import java.time.Clock;
import java.time.Duration;

/**
 * What the loops are made of.
 *
 * @param clock the time of day; how long something takes is measured by the threads' own
 * @param checkInterval from one timed check of a cluster to the next
 * @param observeTimeout how long one look at one server or proxy may take
 */
public record Parts(
    Clock clock,
    Threads threads,
    Duration checkInterval,
    Duration observeTimeout,
    Leadership leadership,
    StateStore store,
    Connector connector,
    TransactionArchive archive,
    DecisionFunction decisions,
    StepListener listener) {}
