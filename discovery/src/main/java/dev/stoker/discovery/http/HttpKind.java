package dev.stoker.discovery.http;

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
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** <code>discovery.http</code>; names and defaults are Alloy's. */
public final class HttpKind implements DiscoveryKind<HttpConfig> {
  private static final URI PLACEHOLDER = URI.create("http://missing.invalid");
  private static final BoundedClient.Limits LIMITS =
      new BoundedClient.Limits(Duration.ofSeconds(30), 32L << 20);

  @Override
  public String name() {
    return "discovery.http";
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public HttpConfig read(String id, Args args) {
    HttpConfig config =
        new HttpConfig(
            id,
            args.require(
                "url",
                PLACEHOLDER,
                "url = \"http://host/targets\"",
                Converter.of("URL", HttpKind::url)),
            args.get("refresh_interval", Duration.ofSeconds(60), Quantities.refreshInterval()),
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
    } catch (URISyntaxException malformed) {
      // The message below says it.
    }
    node.error(
        "is no http or https URL (credentials go into basic_auth); write one such as"
            + " http://host/targets");
    return null;
  }

  @Override
  public List<HttpClientConfig> clients(HttpConfig config) {
    return List.of(config.http());
  }

  @Override
  public Discoverer discoverer(Preparation<HttpConfig> with) {
    return HttpDiscoverer.create(
        with.config(),
        with.get(with.config().http(), LIMITS),
        with.services().vertx(),
        with.services().timers());
  }
}
