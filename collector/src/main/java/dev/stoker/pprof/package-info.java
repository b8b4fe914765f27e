/**
 * pprof bytes. This package holds what everybody needs, which is gzip under a bound and the
 * exception for bodies that are no profiles. Each room sees only those before it:
 *
 * <ul>
 *   <li><code>wire</code>: index, reader and writer of the protobuf;
 *   <li><code>check</code>: is it a profile, and would a server take it;
 *   <li><code>delta</code>, <code>edit</code>: subtracting, and changing labels and sample types;
 *   <li><code>flame</code>: trees of calls for people;
 *   <li><code>shared</code>: the work on bodies that all components of a daemon share.
 * </ul>
 *
 * All but <code>shared</code> are pure functions on bytes: no Vert.x, no I/O.
 */
@NullMarked
package dev.stoker.pprof;

import org.jspecify.annotations.NullMarked;
