/**
 * Prometheus' relabel engine on label sets. Pure functions; the JDK and RE2/J (linear time, so that
 * no rule can hang the daemon).
 */
@NullMarked
package dev.stoker.relabel;

import org.jspecify.annotations.NullMarked;
