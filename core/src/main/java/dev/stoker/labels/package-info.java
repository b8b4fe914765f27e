/**
 * Label sets: immutable values that every stage passes on. Pure functions on the JDK only: no I/O,
 * no Vert.x, no knowledge of targets or profiles.
 */
@NullMarked
package dev.stoker.labels;

import org.jspecify.annotations.NullMarked;
