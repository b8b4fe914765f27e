package dev.stoker.alloy;

import dev.stoker.schema.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table of Alloy's components and blocks that have a twin here, and what to do about the
 * others. Arguments as in Alloy's reference; whether this Stoker takes one is for its own loader to
 * say.
 */
final class Kinds {
  private static final BlockSpec TLS =
      new BlockSpec()
          .plain(
              "ca_pem",
              "ca_file",
              "cert_pem",
              "cert_file",
              "key_pem",
              "key_file",
              "server_name",
              "insecure_skip_verify",
              "min_version");

  private static final BlockSpec PROXY =
      new BlockSpec()
          .plain("proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header");

  private static final BlockSpec CLIENT =
      new BlockSpec()
          .plain("bearer_token", "bearer_token_file", "follow_redirects", "enable_http2")
          .plain("http_headers")
          .block("basic_auth", new BlockSpec().plain("username", "password", "password_file"))
          .block("authorization", new BlockSpec().plain("type", "credentials", "credentials_file"))
          .block(
              "oauth2",
              new BlockSpec()
                  .plain(
                      "client_id",
                      "client_secret",
                      "client_secret_file",
                      "scopes",
                      "token_url",
                      "endpoint_params")
                  .block("tls_config", TLS)
                  .and(PROXY))
          .block("tls_config", TLS)
          .and(PROXY);

  private static final BlockSpec RULE =
      new BlockSpec()
          .plain(
              "source_labels",
              "separator",
              "regex",
              "modulus",
              "target_label",
              "replacement",
              "action");

  private static final BlockSpec TYPE = new BlockSpec().plain("enabled", "path", "delta");

  static final Map<String, BlockSpec> COMPONENTS = components();

  private static Map<String, BlockSpec> components() {
    Map<String, BlockSpec> kinds = new LinkedHashMap<>();
    kinds.put("pyroscope.scrape", scrape());
    kinds.put("pyroscope.write", write());
    kinds.put(
        "pyroscope.relabel",
        new BlockSpec().forwardTo().plain("max_cache_size").repeated("rule", "rules", RULE));
    kinds.put("discovery.relabel", new BlockSpec().targets().repeated("rule", "rules", RULE));
    kinds.put(
        "discovery.kubernetes",
        new BlockSpec()
            .plain("role", "api_server", "kubeconfig_file")
            .block("namespaces", new BlockSpec().plain("names", "own_namespace"))
            .block("attach_metadata", new BlockSpec().plain("node", "namespace"))
            .repeated("selectors", "selectors", new BlockSpec().plain("role", "label", "field"))
            .and(CLIENT));
    kinds.put(
        "discovery.kubelet",
        new BlockSpec().plain("url", "namespaces").durations("refresh_interval").and(CLIENT));
    kinds.put(
        "discovery.docker",
        new BlockSpec()
            .plain("host", "port", "host_networking_host", "match_first_network")
            .durations("refresh_interval")
            .repeated("filter", "filters", new BlockSpec().plain("name", "values"))
            .and(CLIENT));
    kinds.put(
        "discovery.dns",
        new BlockSpec().plain("names", "type", "port").durations("refresh_interval"));
    kinds.put("discovery.file", new BlockSpec().plain("files").durations("refresh_interval"));
    kinds.put(
        "discovery.http", new BlockSpec().plain("url").durations("refresh_interval").and(CLIENT));
    return kinds;
  }

  private static BlockSpec scrape() {
    BlockSpec profiling = new BlockSpec().plain("path_prefix");
    for (String type :
        List.of(
            "memory",
            "block",
            "goroutine",
            "mutex",
            "process_cpu",
            "fgprof",
            "godeltaprof_memory",
            "godeltaprof_mutex",
            "godeltaprof_block")) {
      profiling.block("profile." + type, TYPE);
    }
    profiling.labelled("profile.custom", TYPE);
    return new BlockSpec()
        .targets()
        .forwardTo()
        .plain("job_name", "params", "scheme")
        .durations("scrape_interval", "scrape_timeout", "delta_profiling_duration")
        .block("profiling_config", profiling)
        .and(CLIENT);
  }

  private static BlockSpec write() {
    BlockSpec endpoint =
        new BlockSpec()
            .plain("name", "url", "headers", "max_backoff_retries", "retry_on_http_429")
            .durations("remote_timeout", "min_backoff_period", "max_backoff_period")
            .leaveOut("debug_info_upload_timeout", "Stoker uploads no debug info")
            .and(CLIENT);
    return new BlockSpec()
        .plain("external_labels")
        .oneOrMore("endpoint", "endpoints", endpoint)
        .leaveOut("tracing", "Stoker does not trace its pushes");
  }

  /** Has a twin that is a component. */
  static boolean isComponent(String name) {
    return COMPONENTS.containsKey(name);
  }

  /** Is translated, or stands where it is used. */
  static boolean hasTwin(String name) {
    return isComponent(name) || name.equals("local.file");
  }

  /**
   * Runs whether something refers to it or not; a pyroscope component without a twin is an error.
   */
  static boolean isRoot(String name) {
    return name.equals("logging")
        || name.equals("http")
        || name.startsWith("pyroscope.")
            && !name.equals("pyroscope.ebpf")
            && !name.equals("pyroscope.java");
  }

  /** What to do about a block that has no twin. */
  static String advice(String name) {
    if (!name.startsWith("pyroscope.") && Names.isSlipOf(name, "pyroscope")
        || name.startsWith("pyroscope.") && nearest(name).isPresent()) {
      return "there is no " + name + nearest(name).map(n -> "; did you mean " + n + "?").orElse("");
    }
    if (name.startsWith("discovery.")) {
      return "Stoker has no "
          + name
          + "; use one of "
          + String.join(
              ", ", COMPONENTS.keySet().stream().filter(k -> k.startsWith("discovery.")).toList())
          + ", or let something write its targets into files for discovery.file";
    }
    if (name.startsWith("pyroscope.")) {
      return "Stoker has no "
          + name
          + ": it pulls profiles over HTTP; keep Alloy for this one, and take the block out of the"
          + " copy for Stoker";
    }
    if (name.startsWith("remote.")) {
      return "Stoker has no "
          + name
          + "; mount the value as a file (local.file here, an argument that ends in _file there), or"
          + " set an environment variable (sys.env)";
    }
    return switch (name) {
      case "declare", "foreach", "argument", "export" ->
          "custom components are not known here; write out what it stands for";
      case "import.file", "import.git", "import.http", "import.string" ->
          "modules are not known here; write out what is imported";
      case "remotecfg" ->
          "Stoker reads its config from files only; take the block out and deliver the file";
      default ->
          name
              + " is nothing about profiles, or not known here; Stoker does profiles only: keep Alloy"
              + " for it, and take the block out of the copy for Stoker";
    };
  }

  private static Optional<String> nearest(String name) {
    return Names.nearest(name, COMPONENTS.keySet());
  }

  private Kinds() {}
}
