/** What of the work on profiles' bodies all components of a daemon share. */
@org.jspecify.annotations.NullMarked
package dev.stoker.pprof.shared;
