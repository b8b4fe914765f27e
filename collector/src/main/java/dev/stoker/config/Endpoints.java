package dev.stoker.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.write.EndpointConfig;
import dev.stoker.write.QueueConfig;
import dev.stoker.write.WriteConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads <code>pyroscope.write</code>. */
final class Endpoints {
  private static final Set<String> RESERVED_HEADERS =
      Set.of(
          "content-type",
          "content-length",
          "host",
          "connection",
          "transfer-encoding",
          "connect-protocol-version",
          "connect-timeout-ms",
          "content-encoding",
          "user-agent");
  private static final Set<String> NO_EFFECT =
      Set.of("disk", "min_free_disk", "fsync", "spill_after", "backlog_rate");

  private final Problems problems;

  Endpoints(Problems problems) {
    this.problems = problems;
  }

  WriteConfig read(Node node, String id) {
    Labels external = externalLabels(node);
    boolean both = node.has("endpoint") && node.has("endpoints");
    if (both) {
      node.error("endpoints", "stands beside endpoint; keep one of the two");
    }
    List<ConfigValue> blocks =
        new ArrayList<>(node.has("endpoints") ? node.list("endpoints") : node.list("endpoint"));
    if (blocks.isEmpty()) {
      problems.error(
          node.origin(),
          node.path(),
          "has no endpoint, so its profiles would be discarded; write endpoint { url = \"http://…:4040\" }");
    }
    List<EndpointConfig> endpoints = new ArrayList<>();
    Set<String> names = new HashSet<>();
    String key = node.has("endpoints") ? "endpoints" : "endpoint";
    for (ConfigValue block : blocks) {
      if (block instanceof ConfigObject object) {
        Node child = new Node(object, node.child(key), problems);
        EndpointConfig endpoint = endpoint(child);
        if (endpoint != null && !names.add(endpoint.displayName())) {
          problems.error(
              object.origin(),
              child.path(),
              "is shown as \"" + endpoint.displayName() + "\" like another one; give each a name");
        }
        if (endpoint != null) {
          endpoints.add(endpoint);
        }
      } else {
        problems.error(
            block.origin(),
            node.child(key),
            "is " + Node.kind(block) + "; write a block { url = … }");
      }
    }
    AlloyOnly.report(node);
    node.finish();
    return new WriteConfig(id, external, endpoints);
  }

  private static Labels externalLabels(Node node) {
    Map<String, String> labels = node.strings("external_labels");
    for (String name : labels.keySet()) {
      if (!name.matches("[a-zA-Z_][a-zA-Z0-9_.]*")) {
        node.error(
            "external_labels",
            "label name \"" + name + "\" is invalid; use letters, digits, _ and .");
      } else if (LabelNames.isPrivate(name)) {
        node.error(
            "external_labels", "label \"" + name + "\" is private: names with __ are never sent");
      }
    }
    return Labels.of(labels);
  }

  private @Nullable EndpointConfig endpoint(Node node) {
    String name = node.string("name", "");
    URI url = url(node);
    Map<String, String> headers = headers(node);
    Duration timeout =
        node.duration("remote_timeout", Duration.ofSeconds(10), Duration.ofMillis(1));
    EndpointConfig.Retry retry = retry(node);
    boolean h2c = node.bool("h2c", false);
    if (h2c && url != null && "https".equals(url.getScheme())) {
      node.error("h2c", "is for http URLs; https negotiates HTTP/2 by itself");
    }
    Node queueNode = node.object("queue");
    QueueConfig queue = queueNode == null ? QueueConfig.DEFAULT : queue(queueNode);
    boolean follow = node.bool("follow_redirects", true);
    if (node.has("follow_redirects")) {
      node.warning("follow_redirects", "has no effect in this version: pushes follow no redirects");
    }
    AlloyOnly.report(node);
    node.finish();
    return url == null
        ? null
        : new EndpointConfig(
            name, url, headers, timeout, retry, h2c, queue, new HttpClientConfig(follow));
  }

  private static @Nullable URI url(Node node) {
    if (!node.has("url")) {
      node.error("url", "is missing; write url = \"http://pyroscope:4040\"");
      return null;
    }
    String text = node.string("url", "");
    try {
      URI url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http
          && url.getHost() != null
          && url.getRawQuery() == null
          && url.getRawFragment() == null) {
        return url;
      }
    } catch (URISyntaxException bad) {
      // reported below: the text may hold a password, so it is not quoted
    }
    node.error(
        "url", "is no http or https URL of a server; write one such as \"http://pyroscope:4040\"");
    return null;
  }

  private static Map<String, String> headers(Node node) {
    Map<String, String> headers = node.strings("headers");
    headers.forEach(
        (name, value) -> {
          if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            node.error("headers", "\"" + name + "\" is no valid header name");
          } else if (RESERVED_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            node.error("headers", name + " is set by Stoker itself; take it out");
          }
          if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127)) {
            node.error("headers", "the value of " + name + " holds control characters");
          }
        });
    return headers;
  }

  private static EndpointConfig.Retry retry(Node node) {
    EndpointConfig.Retry defaults = EndpointConfig.Retry.DEFAULT;
    Duration min = node.duration("min_backoff_period", defaults.minBackoff(), Duration.ofMillis(1));
    Duration max = node.duration("max_backoff_period", defaults.maxBackoff(), Duration.ofMillis(1));
    if (max.compareTo(min) < 0) {
      node.error("max_backoff_period", "is shorter than min_backoff_period; raise it");
      max = min;
    }
    int retries = node.count("max_backoff_retries", defaults.maxRetries(), 0);
    return new EndpointConfig.Retry(min, max, retries, node.bool("retry_on_http_429", true));
  }

  private static QueueConfig queue(Node node) {
    QueueConfig defaults = QueueConfig.DEFAULT;
    long memory = node.size("memory", defaults.memory());
    Duration age = node.duration("max_age", defaults.maxAge(), Duration.ZERO);
    int inFlight = node.count("max_in_flight", defaults.maxInFlight(), 1);
    node.size("disk", 0);
    node.size("min_free_disk", 0);
    node.size("backlog_rate", 0);
    node.duration("spill_after", Duration.ofSeconds(2), Duration.ZERO);
    String fsync = node.string("fsync", "1s");
    if (!fsync.equals("always") && !fsync.equals("never")) {
      node.duration("fsync", Duration.ofSeconds(1), Duration.ofMillis(1));
    }
    for (String key : NO_EFFECT) {
      if (node.keys().contains(key)) {
        node.warning(key, "has no effect in this version: profiles are queued in memory only");
      }
    }
    node.finish();
    return new QueueConfig(memory, age, inFlight);
  }
}
