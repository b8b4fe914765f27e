package dev.stoker.config;

import dev.stoker.discovery.dns.DnsConfig;
import dev.stoker.discovery.docker.DockerConfig;
import dev.stoker.discovery.file.FileConfig;
import dev.stoker.discovery.http.HttpConfig;
import dev.stoker.discovery.kubelet.KubeletConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The discovery components that poll; names and defaults are Alloy's. */
final class DiscoveryReaders {
  private static final URI PLACEHOLDER = URI.create("http://missing.invalid");
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final int MAX_PORT = 65535;

  static FileConfig file(String id, Args args) {
    FileConfig config =
        new FileConfig(
            id,
            args.require(
                "files", List.of(), "files = [ \"targets/*.json\" ]", DiscoveryReaders::files),
            interval(args, Duration.ofMinutes(5)));
    args.finish();
    return config;
  }

  private static @Nullable List<String> files(Node node) {
    List<String> files = RelabelReader.texts(node);
    if (files == null) {
      return null;
    }
    for (Node element : node.elements()) {
      String file = element.scalar().orElse("");
      int slash = file.lastIndexOf('/');
      if (file.substring(0, Math.max(0, slash)).indexOf('*') >= 0) {
        element.error("has a * in a folder's name; it may stand in the last part only");
      } else if (!file.matches(".*\\.(json|yml|yaml)")) {
        element.error("must end in .json, .yml or .yaml");
      }
    }
    if (files.isEmpty()) {
      node.error("is empty; name at least one file");
    }
    return files;
  }

  static HttpConfig http(String id, Args args) {
    HttpConfig config =
        new HttpConfig(
            id,
            args.require(
                "url", PLACEHOLDER, "url = \"http://host/targets\"", DiscoveryReaders::url),
            interval(args, Duration.ofSeconds(60)),
            HttpClientReader.read(args));
    args.finish();
    return config;
  }

  /** With a query, other than a base URL. */
  private static @Nullable URI url(Node node) {
    String text = Scalars.text(node);
    if (text == null) {
      return null;
    }
    try {
      URI url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http && url.getHost() != null && url.getRawUserInfo() == null) {
        return url;
      }
    } catch (java.net.URISyntaxException malformed) {
      // said below
    }
    node.error(
        "is no http or https URL (credentials go into basic_auth); write one such as"
            + " http://host/targets");
    return null;
  }

  static DnsConfig dns(String id, Args args) {
    Map<String, DnsConfig.Type> types = new TreeMap<>();
    for (DnsConfig.Type type : DnsConfig.Type.values()) {
      types.put(type.name(), type);
    }
    DnsConfig config =
        new DnsConfig(
            id,
            args.require(
                "names", List.of(), "names = [ \"_http._tcp.example.org\" ]", RelabelReader::texts),
            args.get("type", DnsConfig.Type.SRV, Scalars.choice(types)),
            args.get("port", 0, Scalars.integer(1, MAX_PORT)),
            interval(args, Duration.ofSeconds(30)));
    if (config.type() != DnsConfig.Type.SRV && !args.has("port")) {
      args.problem("type", "is " + config.type() + ", whose records have no port; write port = …");
    }
    args.finish();
    return config;
  }

  static DockerConfig docker(String id, Args args) {
    String host =
        args.require(
            "host", "unix:///", "host = \"unix:///var/run/docker.sock\"", DiscoveryReaders::engine);
    boolean socket = host.startsWith("unix://");
    DockerConfig config =
        new DockerConfig(
            id,
            URI.create(socket ? "http://docker" : host.replaceFirst("^tcp://", "http://")),
            socket ? host.substring("unix://".length()) : "",
            args.get("port", 80, Scalars.integer(1, MAX_PORT)),
            args.get("host_networking_host", "localhost", Scalars::nonEmptyText),
            args.get("match_first_network", true, Scalars::bool),
            args.get("filters", Map.of(), DiscoveryReaders::filters),
            interval(args, Duration.ofMinutes(1)),
            HttpClientReader.read(args));
    args.finish();
    return config;
  }

  private static @Nullable String engine(Node node) {
    String host = node.scalar().orElse("");
    if (host.matches("unix:///.+") || host.matches("(tcp|http|https)://[^/@\\s]+/?")) {
      return host;
    }
    node.error(
        "must be unix:///var/run/docker.sock, tcp://host:2375 or https://host:2376, but is "
            + node.describe());
    return null;
  }

  private static @Nullable Map<String, List<String>> filters(Node node) {
    Map<String, List<String>> filters = new LinkedHashMap<>();
    for (Node element : node.elements()) {
      Args args = Args.of(element);
      if (args != null) {
        String name = args.require("name", "", "name = label", Scalars::nonEmptyText);
        List<String> values =
            args.require("values", List.of(), "values = [ \"…\" ]", RelabelReader::texts);
        args.finish();
        filters.merge(
            name,
            values,
            (some, more) -> {
              List<String> all = new ArrayList<>(some);
              all.addAll(more);
              return all;
            });
      }
    }
    return filters;
  }

  static KubeletConfig kubelet(String id, Args args) {
    KubeletConfig config =
        new KubeletConfig(
            id,
            args.get("url", URI.create("https://localhost:10250"), Scalars::url),
            interval(args, Duration.ofSeconds(5)),
            args.get("namespaces", List.of(), RelabelReader::texts),
            HttpClientReader.read(args));
    if (config.url().getRawUserInfo() != null) {
      args.problem("url", "holds user and password; they go into basic_auth");
    }
    args.finish();
    return config;
  }

  private static Duration interval(Args args, Duration fallback) {
    return args.get("refresh_interval", fallback, Quantities.duration(SHORTEST, "30s"));
  }

  private DiscoveryReaders() {}
}
