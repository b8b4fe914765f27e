package dev.stoker.write.http;

import dev.stoker.http.client.Auth;
import dev.stoker.http.schema.HttpClientReader;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import dev.stoker.write.http.EndpointConfig.Retry;
import dev.stoker.write.queue.QueueReader;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An <code>endpoint</code> block. */
final class EndpointReader {
  private static final URI PLACEHOLDER = URI.create("http://missing.invalid");
  private static final Duration REMOTE_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_RETRIES = 1_000_000;

  /** RFC 9110, 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** HTTP and the client set these themselves. */
  private static final Set<String> RESERVED =
      Set.of(
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  static EndpointConfig read(Args args, EndpointForm form) {
    String example = "url = \"" + form.exampleUrl() + "\"";
    EndpointConfig endpoint =
        new EndpointConfig(
            form.protocol(args),
            args.get("name", "", Scalars.text()),
            args.require("url", PLACEHOLDER, example, Scalars.url()),
            args.get(
                "headers",
                Map.of(),
                Converter.of("block of texts", node -> headers(node, form.reserved()))),
            args.get("remote_timeout", REMOTE_TIMEOUT, Quantities.duration("10s")),
            retry(args),
            args.get("h2c", false, Scalars.flag()),
            QueueReader.read(args.block("queue")),
            HttpClientReader.read(args),
            args.get("max_profile_size", 0L, Quantities.size("2MiB")),
            args.get("accept_any_2xx", false, Scalars.flag()));
    if (args.has("follow_redirects")) {
      args.warn("follow_redirects", "has no effect in this version: pushes follow no redirects");
    }
    form.check(args, endpoint);
    if (endpoint.url().getRawUserInfo() != null && !(endpoint.http().auth() instanceof Auth.None)) {
      args.problem(
          "url", "holds credentials, and there is an auth block too; take one of them out");
    }
    if (endpoint.h2c() && "https".equalsIgnoreCase(endpoint.url().getScheme())) {
      args.problem("h2c", "is for plain http; https agrees on HTTP/2 by itself, leave h2c out");
    }
    args.finish();
    return endpoint;
  }

  private static Retry retry(Args args) {
    Retry defaults = Retry.DEFAULT;
    Retry retry =
        new Retry(
            args.get("min_backoff_period", defaults.minBackoff(), Quantities.duration("500ms")),
            args.get("max_backoff_period", defaults.maxBackoff(), Quantities.duration("5m")),
            args.get("max_backoff_retries", defaults.maxRetries(), Scalars.integer(0, MAX_RETRIES)),
            args.get("retry_on_http_429", defaults.on429(), Scalars.flag()));
    if (retry.minBackoff().compareTo(retry.maxBackoff()) > 0
        && !args.failed("min_backoff_period", "max_backoff_period")) {
      String key = args.has("min_backoff_period") ? "min_backoff_period" : "max_backoff_period";
      args.problem(key, "min_backoff_period must not be longer than max_backoff_period");
    }
    return retry;
  }

  private static @Nullable Map<String, String> headers(Node node, Set<String> reserved) {
    if (Args.of(node.hidden()) == null) {
      return null;
    }
    Map<String, String> headers = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, Node> child : node.hidden().children()) {
      String name = child.getKey();
      String wrong = wrongName(name, reserved);
      String value = Scalars.text(child.getValue());
      if (!wrong.isEmpty()) {
        child.getValue().error(wrong);
      } else if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        child.getValue().error("is given twice; header names are the same in any case");
      } else if (value != null && !value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 127)) {
        child.getValue().error("the value holds a line break or a character outside of ASCII");
      } else if (value != null) {
        headers.put(name, value);
      }
    }
    return headers;
  }

  private static String wrongName(String name, Set<String> reserved) {
    if (!TOKEN.matcher(name).matches()) {
      return "is no valid header name; use letters, digits and - only";
    }
    String lower = name.toLowerCase(Locale.ROOT);
    return RESERVED.contains(lower) || reserved.contains(lower)
        ? "is set by the push protocol itself; take it out"
        : "";
  }

  private EndpointReader() {}
}
