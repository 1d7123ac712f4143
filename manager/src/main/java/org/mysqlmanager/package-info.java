/** Placeholder. */
@NullMarked
package org.mysqlmanager;

import org.jspecify.annotations.NullMarked;
