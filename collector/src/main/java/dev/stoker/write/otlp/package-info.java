/**
 * The component <code>otlp.write</code>: OTLP profiles over HTTP and gRPC. It has the labels that
 * are sent, the senders, and what their answers mean; the bytes of a request are made by <code>
 * otlp.encode</code> on the CPU pool. The control context owns it.
 */
@NullMarked
package dev.stoker.write.otlp;

import org.jspecify.annotations.NullMarked;
