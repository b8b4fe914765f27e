/**
 * From an OTLP request to pprof bodies with labels. Pure; the receiver calls it on CPU threads. The
 * bytes are walked where they are, and whatever a request can make grow has a bound.
 */
@NullMarked
package dev.stoker.otlp.decode;

import org.jspecify.annotations.NullMarked;
