package dev.stoker.receive.server;

import java.time.Duration;

/**
 * What the clients of one receiver may hold.
 *
 * @param maxBodySize bytes of a request's body as it comes over the wire
 * @param maxConnections open at once
 * @param maxInFlightBytes of all bodies that are being read or worked on
 * @param readTimeout from the head of a request to the end of its body
 */
public record Bounds(
    long maxBodySize, int maxConnections, long maxInFlightBytes, Duration readTimeout) {}
