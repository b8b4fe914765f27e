package dev.stoker.discovery.http;

import dev.stoker.http.client.HttpClientConfig;
import java.net.URI;
import java.time.Duration;

/** A <code>discovery.http</code> component. */
public record HttpConfig(
    String component, URI url, Duration refreshInterval, HttpClientConfig http) {}
