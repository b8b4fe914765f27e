/**
 * The last step that all profiles of JVMs share: stacks and values become a pprof under the name,
 * sample type and unit that Pyroscope's pages know. Bounds how much of a hostile input is held.
 * Pure; one conversion at a time.
 */
@NullMarked
package dev.stoker.jvm.profile;

import org.jspecify.annotations.NullMarked;
