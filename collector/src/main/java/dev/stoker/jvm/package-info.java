/**
 * Profiles of JVMs. Each room sees only those before it:
 *
 * <ul>
 *   <li><code>stack</code> and <code>chunk</code> (module agent): stacks, and recordings as bytes;
 *   <li><code>own</code> (module agent): the JVM it runs in, as a Go service would answer;
 *   <li><code>recording</code>: reads recordings of other JVMs, which may be hostile;
 *   <li><code>profile</code>: stacks and values become pprof;
 *   <li><code>convert</code> and <code>text</code>: recordings, and text formats, become profiles.
 * </ul>
 */
@NullMarked
package dev.stoker.jvm;

import org.jspecify.annotations.NullMarked;
