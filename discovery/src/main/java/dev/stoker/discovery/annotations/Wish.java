package dev.stoker.discovery.annotations;

import java.util.Map;

/**
 * One thing that a pod's annotations ask for.
 *
 * @param types for <code>__profile_types__</code>; "" = what the scrape component has enabled
 * @param port "" = not given
 * @param portName "" = not given; wins over the port
 * @param portKeys what to set when a port is missing, for the message
 * @param container "" = any
 * @param scheme "" = not given
 * @param path "" = the type's default
 * @param params query parameters
 */
record Wish(
    String types,
    String port,
    String portName,
    String portKeys,
    String container,
    String scheme,
    String path,
    Map<String, String> params) {
  Wish {
    params = Map.copyOf(params);
  }
}
