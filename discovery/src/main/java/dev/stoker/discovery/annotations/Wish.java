package dev.stoker.discovery.annotations;

import java.util.Map;

/**
 * One thing that a pod's annotations ask for.
 *
 * @param types for <code>__profile_types__</code>; "" = what the scrape component has enabled
 * @param port "" = not given; it is the address, whatever the port's name says
 * @param portName "" = not given; chooses the container port
 * @param key what the names of its annotations begin with, for messages
 * @param container "" = any
 * @param scheme "" = not given
 * @param path "" = the type's default
 * @param params query parameters
 */
record Wish(
    String types,
    String port,
    String portName,
    String key,
    String container,
    String scheme,
    String path,
    Map<String, String> params) {
  Wish {
    params = Map.copyOf(params);
  }

  boolean hasKnownScheme() {
    return scheme.equals("http") || scheme.equals("https");
  }

  /** Only profiles.grafana.com/TYPE. has port_name. */
  boolean hasPortName() {
    return key.endsWith(".");
  }

  /** What to set when a port is missing, for the message. */
  String portKeys() {
    return key + "port" + (hasPortName() ? " or " + key + "port_name" : "");
  }
}
