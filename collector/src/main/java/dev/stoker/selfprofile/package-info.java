/**
 * The profiles of Stoker's own JVM: {@link dev.stoker.jvmprofile}, asked from an event loop. The
 * admin server serves them under <code>/debug/pprof/</code>.
 */
@NullMarked
package dev.stoker.selfprofile;

import org.jspecify.annotations.NullMarked;
