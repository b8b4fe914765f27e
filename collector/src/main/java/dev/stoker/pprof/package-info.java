/**
 * pprof bytes: recognising, checking, subtracting, reading. Pure functions on bytes: no Vert.x, no
 * I/O; protobuf-java's coded streams are the only library.
 */
@NullMarked
package dev.stoker.pprof;

import org.jspecify.annotations.NullMarked;
