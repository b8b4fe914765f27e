/**
 * From pprof to OTLP: one body and the labels of its series become one request. The senders of OTLP
 * call it, on the CPU pool. Pure: it knows no socket.
 */
@NullMarked
package dev.stoker.otlp.encode;

import org.jspecify.annotations.NullMarked;
