/**
 * What Prometheus sees. Numbers about clusters are taken from the cluster's state at each scrape,
 * so that they survive restarts and are the same on every manager; only step durations are this
 * process's own. Depends on {@code model}, {@code observe} and {@code reconcile}. Every type is
 * thread-safe.
 */
@NullMarked
package org.mysqlmanager.metrics;

import org.jspecify.annotations.NullMarked;
