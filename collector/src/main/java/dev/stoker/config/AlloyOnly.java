package dev.stoker.config;

import java.util.Set;

/** Arguments that Alloy has and Stoker not yet: people bring them along, so they are told so. */
final class AlloyOnly {
  private static final Set<String> ARGUMENTS =
      Set.of(
          "basic_auth",
          "authorization",
          "bearer_token",
          "bearer_token_file",
          "oauth2",
          "tls_config",
          "proxy_url",
          "no_proxy",
          "proxy_from_environment",
          "proxy_connect_header",
          "http_headers",
          "enable_http2",
          "clustering",
          "tracing");

  /** Marks them as known, and reports each. */
  static void report(Node node) {
    for (String argument : ARGUMENTS) {
      if (node.keys().contains(argument) && node.value(argument) != null) {
        node.error(argument, "is not supported in this version; take it out");
      }
    }
  }

  private AlloyOnly() {}
}
