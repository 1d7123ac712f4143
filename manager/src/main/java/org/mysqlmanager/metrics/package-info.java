/**
 * What Prometheus sees. Numbers about clusters are taken from the cluster's state at each scrape,
 * so that they survive restarts and are the same on every manager; only the durations of looks and
 * steps are this process's own. Depends on {@code model}, {@code observe}, {@code reconcile} and
 * {@code access}. Every type is thread-safe.
 */
@NullMarked
package org.mysqlmanager.metrics;

import org.jspecify.annotations.NullMarked;
