/** Placeholder. */
@NullMarked
package org.mysqlmanager.local;

import org.jspecify.annotations.NullMarked;
