package dev.stoker.discovery.docker;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.DiscoveryKind;
import dev.stoker.component.Preparation;
import dev.stoker.discovery.Discoverer;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.schema.HttpClientReader;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** <code>discovery.docker</code>; names and defaults are Alloy's. */
public final class DockerKind implements DiscoveryKind<DockerConfig> {
  /** An engine says some KB of each of its containers. */
  private static final BoundedClient.Limits LIMITS =
      new BoundedClient.Limits(Duration.ofSeconds(30), 64L << 20);

  @Override
  public String name() {
    return "discovery.docker";
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public DockerConfig read(String id, Args args) {
    String host =
        args.require(
            "host",
            "unix:///",
            "host = \"unix:///var/run/docker.sock\"",
            Converter.of("URL of a Docker engine", DockerKind::engine));
    boolean socket = host.startsWith("unix://");
    DockerConfig config =
        new DockerConfig(
            id,
            URI.create(socket ? "http://docker" : host.replaceFirst("^tcp://", "http://")),
            socket ? host.substring("unix://".length()) : "",
            args.get("port", 80, Scalars.port()),
            args.get("host_networking_host", "localhost", Scalars.nonEmpty()),
            args.get("match_first_network", true, Scalars.flag()),
            filters(args),
            args.get("refresh_interval", Duration.ofMinutes(1), Quantities.refreshInterval()),
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

  private static Map<String, List<String>> filters(Args args) {
    Map<String, List<String>> filters = new LinkedHashMap<>();
    args.blocks(
        "filters",
        "filter",
        filter -> {
          String name = filter.require("name", "", "name = label", Scalars.nonEmpty());
          List<String> values =
              filter.require("values", List.of(), "values = [ \"…\" ]", Scalars.texts());
          filters.merge(
              name,
              values,
              (some, more) -> {
                List<String> all = new ArrayList<>(some);
                all.addAll(more);
                return all;
              });
        });
    return filters;
  }

  @Override
  public List<HttpClientConfig> clients(DockerConfig config) {
    return List.of(config.http());
  }

  @Override
  public Discoverer discoverer(Preparation<DockerConfig> with) {
    return DockerDiscoverer.create(
        with.config(), with.get(with.config().http(), LIMITS), with.services().timers());
  }
}
