/** The application: the only place where the parts are wired together. */
@NullMarked
package org.mysqlmanager;

import org.jspecify.annotations.NullMarked;
