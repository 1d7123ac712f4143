/**
 * Links between the components of a local system that can be cut, slowed down and stopped at a
 * chosen message. {@link org.mysqlmanager.local.link.Links} is what tests and the soak use.
 *
 * <p>Each port that a component is known under belongs to a relay; the process listens on another.
 * So all components know one address per server, and still the link between any two of them is a
 * thing of its own: the relay looks up in {@code /proc} which process has connected (Linux only).
 *
 * <p>Knows nothing of the programs, only their names, ports and process ids. Thread-safe.
 */
@NullMarked
package org.mysqlmanager.local.link;

import org.jspecify.annotations.NullMarked;
