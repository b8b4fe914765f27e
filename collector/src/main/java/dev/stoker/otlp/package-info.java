/**
 * OTLP profiles as bytes: what reading and writing them share. Pure: any thread may call it, and it
 * knows no socket.
 */
@NullMarked
package dev.stoker.otlp;

import org.jspecify.annotations.NullMarked;
