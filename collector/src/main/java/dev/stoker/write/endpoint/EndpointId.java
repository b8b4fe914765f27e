package dev.stoker.write.endpoint;

/**
 * What an endpoint is called where users look: in metrics, in log lines, in the API.
 *
 * @param component whose endpoint it is
 * @param name its own name, else its URL without credentials
 */
public record EndpointId(String component, String name, Protocol protocol) {}
