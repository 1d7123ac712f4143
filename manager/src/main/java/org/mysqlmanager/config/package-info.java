/**
 * The configuration file: what may stand in it, its defaults, and the sentence a user gets for each
 * mistake. Nothing outside this package reads the file.
 *
 * <p>Depends on {@code model}, {@code access}, Dropwizard's configuration and Jackson. Every type
 * is immutable and safe to share between threads, except {@link
 * org.mysqlmanager.config.ManagerConfiguration}, whose Dropwizard part is a bean that is filled
 * once, before anything else runs.
 */
@NullMarked
package org.mysqlmanager.config;

import org.jspecify.annotations.NullMarked;
