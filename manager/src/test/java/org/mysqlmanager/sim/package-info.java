/**
 * The real loops, observer, executor and decisions of two or three managers in a simulated world:
 * MySQL servers, proxies, ZooKeeper, clients, and everything that goes wrong with them. Virtual
 * time, one thread of control at a time, one seed: the same seed does the same to the letter.
 *
 * <p><b>To run it.</b> {@code SimulationTest} runs some thousand seeds with each build. By system
 * properties ({@code -Dname=value} to Maven):
 *
 * <ul>
 *   <li>{@code mysqlmanager.sim.first}, {@code mysqlmanager.sim.seeds}: the first seed, and how
 *       many
 *   <li>{@code mysqlmanager.sim.seed}: only that one, with all that happens in it; with {@code
 *       mysqlmanager.sim.faults=0,3} only those of its faults, or {@code none}
 *   <li>profile {@code soak} with {@code mysqlmanager.soak.minutes}: as many as fit into that time,
 *       from {@code mysqlmanager.sim.first} on, and how often each step was interrupted in each way
 * </ul>
 *
 * <p>A violation is reported with its seed, the fewest of its faults that are enough, how to run it
 * again, and a timeline.
 *
 * <p><b>How it is made.</b> {@code Scheduler} owns time and decides who runs; every thread of a
 * manager is a {@code Coroutine} that runs only while it has the baton. A manager that is killed is
 * never resumed; one that is frozen goes on where it was, in the middle of a call too. A call
 * through a port is the sequence of statements of the real adapter, each of which travels, is
 * carried out by the other side and answered ({@code Remote}); between any two anything can happen
 * ({@code Nemesis}, as {@code Plan} has drawn it). {@code Invariants} are checked after every
 * event, {@code Convergence} when all faults are over. {@code PlantedBugs} prove that it bites.
 *
 * <p><b>What remains.</b> No proxy can check an epoch: between the question whether the permit
 * holds and the sending of a command a manager is not delayed by half a session timeout here. And
 * with two proxies, either proxies go out of reach or a source that still runs does, never both:
 * who reaches neither cannot close that way to it. Not simulated: semi-synchronous replication,
 * reconfiguration of the cluster, reads of ZooKeeper that are out of date, wrong passwords and
 * certificates, host names, delayed application by configuration.
 *
 * <p>Used by tests only; a simulation belongs to one thread.
 */
@NullMarked
package org.mysqlmanager.sim;

import org.jspecify.annotations.NullMarked;
