/**
 * The whole in containers: the image built from the project's Dockerfile, real servers and proxies
 * from their public images, networks that can be cut.
 *
 * <p>{@link Engine} says whether there is a Docker engine, {@link Images} what is run, {@link
 * Recipes} how each container is made from the files that are shipped, {@link Session} that nothing
 * is left behind. {@link SharedSystem} is started once for most test classes; each scenario begins
 * and ends with a cluster that is well. Depends on nothing of the program but its files, interfaces
 * and znodes. Tests run one after the other; what is used by other threads says so.
 */
@NullMarked
package org.mysqlmanager.containers;

import org.jspecify.annotations.NullMarked;
