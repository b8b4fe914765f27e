package dev.stoker.discovery.eureka;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.DiscoveryKind;
import dev.stoker.component.Preparation;
import dev.stoker.discovery.Discoverer;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.schema.HttpClientReader;
import dev.stoker.schema.Args;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** <code>discovery.eureka</code>; names and defaults are Alloy's. */
public final class EurekaKind implements DiscoveryKind<EurekaConfig> {
  private static final URI PLACEHOLDER = URI.create("http://missing.invalid");

  /** An instance takes about 2 KB of XML. */
  private static final BoundedClient.Limits LIMITS =
      new BoundedClient.Limits(Duration.ofSeconds(30), 64L << 20);

  @Override
  public String name() {
    return "discovery.eureka";
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public EurekaConfig read(String id, Args args) {
    EurekaConfig config =
        new EurekaConfig(
            id,
            args.require(
                "server", PLACEHOLDER, "server = \"http://eureka:8761/eureka\"", Scalars.url()),
            args.get("refresh_interval", Duration.ofSeconds(30), Quantities.refreshInterval()),
            HttpClientReader.read(args));
    if (config.server().getRawUserInfo() != null) {
      args.problem("server", "holds user and password; they go into basic_auth");
    }
    args.finish();
    return config;
  }

  @Override
  public List<HttpClientConfig> clients(EurekaConfig config) {
    return List.of(config.http());
  }

  @Override
  public Discoverer discoverer(Preparation<EurekaConfig> with) {
    return EurekaDiscoverer.create(
        with.config(),
        with.get(with.config().http(), LIMITS),
        with.services().vertx(),
        with.services().timers());
  }
}
