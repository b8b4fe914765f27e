package dev.stoker.write;

/**
 * What an endpoint is called where users look: in metrics, in log lines, in the API.
 *
 * @param component whose endpoint it is
 * @param name its own name, else its URL without credentials
 */
record EndpointId(String component, String name, Protocol protocol) {}
