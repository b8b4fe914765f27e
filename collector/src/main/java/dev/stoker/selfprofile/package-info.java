/**
 * The profiles of Stoker's own JVM: {@code dev.stoker.jvm.own}, asked from an event loop. The admin
 * server serves them under <code>/debug/pprof/</code>.
 */
@NullMarked
package dev.stoker.selfprofile;

import org.jspecify.annotations.NullMarked;
