/**
 * {@code ./mm local soak}: a system of real processes under load while a nemesis kills, freezes,
 * restarts and cuts off its components, and a checker that knows every acknowledged row.
 *
 * <p>Load ({@link org.mysqlmanager.local.soak.Workload}), faults ({@link
 * org.mysqlmanager.local.soak.Nemesis}) and checks ({@link org.mysqlmanager.local.soak.Watcher},
 * {@link org.mysqlmanager.local.soak.FinalCheck}) know nothing of each other. Uses {@code
 * LocalSystem} only. Times are of this machine, which all processes share.
 */
@NullMarked
package org.mysqlmanager.local.soak;

import org.jspecify.annotations.NullMarked;
