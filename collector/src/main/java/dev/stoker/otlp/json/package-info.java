/** OTLP requests as JSON. Pure; the receiver calls it on CPU threads. */
@NullMarked
package dev.stoker.otlp.json;

import org.jspecify.annotations.NullMarked;
