/**
 * <code>/debug/pprof/*</code> of this JVM on Stoker's own admin server: the thin rest around {@link
 * dev.stoker.jvmprofile}.
 */
@NullMarked
package dev.stoker.selfprofile;

import org.jspecify.annotations.NullMarked;
