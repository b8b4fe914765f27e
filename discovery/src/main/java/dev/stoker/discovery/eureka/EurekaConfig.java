package dev.stoker.discovery.eureka;

import dev.stoker.http.client.HttpClientConfig;
import java.net.URI;
import java.time.Duration;

/**
 * A <code>discovery.eureka</code> component.
 *
 * @param server base URL of the REST API, such as <code>http://eureka:8761/eureka</code>
 */
public record EurekaConfig(
    String component, URI server, Duration refreshInterval, HttpClientConfig http) {}
