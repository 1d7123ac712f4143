/** Placeholder. */
@NullMarked
package org.mysqlmanager.zk;

import org.jspecify.annotations.NullMarked;
