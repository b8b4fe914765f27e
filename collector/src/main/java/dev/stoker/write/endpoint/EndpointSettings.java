package dev.stoker.write.endpoint;

import dev.stoker.write.queue.QueueConfig;

/**
 * What delivery has to know of an endpoint, whatever protocol its sender speaks.
 *
 * @param maxRetries tries of one profile while others pass; 0 = no limit
 * @param maxProfileSize bytes of a profile, inflated; larger ones are not sent; 0 = no limit
 */
public record EndpointSettings(
    Protocol protocol, Backoff backoff, int maxRetries, long maxProfileSize, QueueConfig queue) {}
