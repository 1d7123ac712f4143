/**
 * Certificates for systems on one machine, so that they can be run and tested with their identities
 * verified. For nothing else: keys are made without ceremony and lie beside the data.
 *
 * <p>Depends on the JDK and on {@code local}'s files. Everything here is immutable.
 */
@NullMarked
package org.mysqlmanager.local.tls;

import org.jspecify.annotations.NullMarked;
