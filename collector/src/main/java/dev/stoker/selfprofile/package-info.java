/**
 * <code>/debug/pprof/*</code> of this JVM, from JFR, as a Go service would answer. {@link
 * dev.stoker.selfprofile.JvmProfiler} and {@link dev.stoker.selfprofile.GoProfile} know nothing of
 * HTTP or Vert.x; {@link dev.stoker.selfprofile.ProfilerRoutes} is the thin rest.
 */
@NullMarked
package dev.stoker.selfprofile;

import org.jspecify.annotations.NullMarked;
