package dev.stoker.discovery.dns;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.DiscoveryKind;
import dev.stoker.component.Preparation;
import dev.stoker.discovery.Discoverer;
import dev.stoker.schema.Args;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** <code>discovery.dns</code>; names and defaults are Alloy's. */
public final class DnsKind implements DiscoveryKind<DnsConfig> {
  @Override
  public String name() {
    return "discovery.dns";
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public DnsConfig read(String id, Args args) {
    Map<String, DnsConfig.Type> types = new TreeMap<>();
    for (DnsConfig.Type type : DnsConfig.Type.values()) {
      types.put(type.name(), type);
    }
    DnsConfig config =
        new DnsConfig(
            id,
            args.require(
                "names", List.of(), "names = [ \"_http._tcp.example.org\" ]", Scalars.texts()),
            args.get("type", DnsConfig.Type.SRV, Scalars.choice(types)),
            args.get("port", 0, Scalars.port()),
            args.get("refresh_interval", Duration.ofSeconds(30), Quantities.refreshInterval()));
    if (config.type() != DnsConfig.Type.SRV && !args.has("port")) {
      args.problem("type", "is " + config.type() + ", whose records have no port; write port = …");
    }
    args.finish();
    return config;
  }

  @Override
  public Discoverer discoverer(Preparation<DnsConfig> with) {
    return DnsDiscoverer.create(
        with.config(), DnsRecords.ofThisMachine(with.services().vertx()), with.services().timers());
  }
}
