package dev.stoker.http.schema;

import dev.stoker.http.proxy.NoProxy;
import dev.stoker.http.proxy.Proxies;
import dev.stoker.http.secret.Secret;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads through which proxy an HTTP client goes. */
public final class ProxyReader {
  public static Proxies read(Args args) {
    Optional<Proxies.Server> server =
        args.get("proxy_url", Optional.empty(), Converter.of("URL", ProxyReader::server));
    String except = args.get("no_proxy", "", Scalars.nonEmpty());
    boolean environment = args.get("proxy_from_environment", false, Scalars.flag());
    Secret header =
        args.get(
            "proxy_connect_header",
            Secret.NONE,
            Converter.of("block of texts", ProxyReader::connectHeader));
    if (environment && (args.has("proxy_url") || args.has("no_proxy"))) {
      args.problem(
          "proxy_from_environment",
          "stands beside proxy_url or no_proxy; keep the one or the others");
    }
    if (args.has("no_proxy") && !args.has("proxy_url")) {
      args.problem("no_proxy", "needs a proxy_url");
    }
    if (args.has("proxy_connect_header") && !args.has("proxy_url") && !environment) {
      args.problem("proxy_connect_header", "needs a proxy_url or proxy_from_environment = true");
    }
    if (environment) {
      return environment(args, header);
    }
    if (server.isEmpty()) {
      return Proxies.NONE;
    }
    return new Proxies(
        server, server, except.isEmpty() ? NoProxy.NOTHING : NoProxy.of(except), header);
  }

  /** Reads the environment as Go does: upper case first, https through HTTPS_PROXY only. */
  private static Proxies environment(Args args, Secret header) {
    return new Proxies(
        variable(args, "HTTP_PROXY"),
        variable(args, "HTTPS_PROXY"),
        NoProxy.of(environment(args, "NO_PROXY")),
        header);
  }

  private static String environment(Args args, String name) {
    Map<String, String> environment = args.block().scope().env();
    String value = environment.getOrDefault(name, "");
    return value.isEmpty()
        ? environment.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "")
        : value;
  }

  private static Optional<Proxies.Server> variable(Args args, String name) {
    String value = environment(args, name);
    Proxies.Server server = value.isEmpty() ? null : Proxies.Server.parse(value);
    if (!value.isEmpty() && server == null) {
      args.problem("proxy_from_environment", "finds no proxy's URL in " + name);
    }
    return Optional.ofNullable(server);
  }

  private static @Nullable Optional<Proxies.Server> server(Node node) {
    Proxies.Server server = Proxies.Server.parse(node.scalar().orElse(""));
    if (server == null) {
      node.error(
          "is no proxy's URL; write one such as http://proxy:3128, https://proxy:3129 or"
              + " socks5://proxy:1080");
      return null;
    }
    return Optional.of(server);
  }

  /** Of the headers of a CONNECT request only Proxy-Authorization can be set. */
  private static @Nullable Secret connectHeader(Node node) {
    if (Args.of(node.hidden()) == null) {
      return null;
    }
    List<String> values = new ArrayList<>();
    for (Map.Entry<String, Node> child : node.hidden().children()) {
      if (!child.getKey().equalsIgnoreCase("Proxy-Authorization")) {
        child
            .getValue()
            .error(
                "is not supported: only Proxy-Authorization can be sent to a proxy; take it out");
        continue;
      }
      for (Node element : child.getValue().elements()) {
        String value = HeadersReader.value(element);
        if (value != null) {
          values.add(value);
        }
      }
    }
    if (values.size() > 1) {
      node.hidden().error("has more than one Proxy-Authorization; keep one");
    }
    return values.size() == 1 ? Secret.text(values.get(0)) : null;
  }

  private ProxyReader() {}
}
