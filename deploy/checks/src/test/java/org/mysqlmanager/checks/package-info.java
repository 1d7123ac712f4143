/**
 * Checks of what is shipped beside the program: Kubernetes manifests, the Compose file, alert rules
 * and the dashboard are held against the program itself, its configuration and its image. Tools
 * (promtool, kustomize) are used where they are to be had; else those tests are skipped, and say
 * so.
 */
@NullMarked
package org.mysqlmanager.checks;

import org.jspecify.annotations.NullMarked;
