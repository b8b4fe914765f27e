package dev.stoker.discovery.kubelet;

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

/** <code>discovery.kubelet</code>; names and defaults are Alloy's. */
public final class KubeletKind implements DiscoveryKind<KubeletConfig> {
  /** A kubelet says some KB of each of its containers. */
  private static final BoundedClient.Limits LIMITS =
      new BoundedClient.Limits(Duration.ofSeconds(30), 64L << 20);

  @Override
  public String name() {
    return "discovery.kubelet";
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public KubeletConfig read(String id, Args args) {
    KubeletConfig config =
        new KubeletConfig(
            id,
            args.get("url", URI.create("https://localhost:10250"), Scalars.url()),
            args.get("refresh_interval", Duration.ofSeconds(5), Quantities.refreshInterval()),
            args.get("namespaces", List.of(), Scalars.texts()),
            HttpClientReader.read(args));
    if (config.url().getRawUserInfo() != null) {
      args.problem("url", "holds user and password; they go into basic_auth");
    }
    args.finish();
    return config;
  }

  @Override
  public List<HttpClientConfig> clients(KubeletConfig config) {
    return List.of(config.http());
  }

  @Override
  public Discoverer discoverer(Preparation<KubeletConfig> with) {
    return KubeletDiscoverer.create(
        with.config(),
        with.get(with.config().http(), LIMITS),
        with.services().vertx(),
        with.services().timers());
  }
}
