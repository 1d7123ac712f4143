/**
 * What the tests of several packages share: hand-made stand-ins for the ports, and real servers and
 * programs to be held against.
 */
@NullMarked
package org.mysqlmanager.testing;

import org.jspecify.annotations.NullMarked;
