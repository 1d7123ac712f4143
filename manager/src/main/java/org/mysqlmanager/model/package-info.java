/**
 * The vocabulary: what an operator wants ({@link org.mysqlmanager.model.ClusterSpec}), what has
 * been decided ({@link org.mysqlmanager.model.ClusterState}) and the small types both are made of.
 *
 * <p>Depends on the JDK and on Jackson's annotations only: no clock, no logging, no I/O. Every type
 * is immutable and safe to share between threads.
 */
@NullMarked
package org.mysqlmanager.model;

import org.jspecify.annotations.NullMarked;
