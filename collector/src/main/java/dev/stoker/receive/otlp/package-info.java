/**
 * <code>otlp.receive</code>: takes the profiles that OpenTelemetry's clients push, over gRPC and
 * HTTP. The config calls its kind; requests come on the control context, and bodies are read on CPU
 * threads.
 */
@NullMarked
package dev.stoker.receive.otlp;

import org.jspecify.annotations.NullMarked;
