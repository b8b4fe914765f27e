package dev.stoker.discovery.dns;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsException;
import io.vertx.core.dns.SrvRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks names up. A failed lookup keeps that name's last good targets; the others go on. Names are
 * looked up as they are, without search domains; over UDP, so an answer of more than some dozen
 * records may be cut.
 */
public final class DnsDiscoverer {
  private static final String META = "__meta_dns_";

  private final DnsConfig config;
  private final DnsClient client;
  private final Map<String, TargetGroup> lastGood = new HashMap<>();

  private DnsDiscoverer(DnsConfig config, DnsClient client) {
    this.config = config;
    this.client = client;
  }

  /**
   * @param client closed with the discoverer
   */
  public static Discoverer create(DnsConfig config, DnsClient client, Timers timers) {
    DnsDiscoverer dns = new DnsDiscoverer(config, client);
    return new Polling(timers, config.refreshInterval(), dns::poll, client::close);
  }

  private Future<Polled> poll() {
    List<String> problems = new ArrayList<>();
    List<Future<Void>> lookups = new ArrayList<>();
    for (String name : config.names()) {
      lookups.add(
          targets(name)
              .onSuccess(targets -> lastGood.put(name, new TargetGroup(name, targets)))
              .onFailure(failure -> problems.add(name + ": " + reason(failure)))
              .<Void>mapEmpty()
              .otherwiseEmpty());
    }
    return Future.join(lookups)
        .map(
            ignored ->
                new Polled(
                    List.copyOf(lastGood.values()),
                    problems.isEmpty()
                        ? ""
                        : "cannot look up "
                            + config.type()
                            + " records of "
                            + String.join("; ", problems)));
  }

  private Future<List<Labels>> targets(String name) {
    return switch (config.type()) {
      case SRV -> client.resolveSRV(name).map(records -> services(name, records));
      case A -> client.resolveA(name).map(addresses -> hosts(name, addresses));
      case AAAA -> client.resolveAAAA(name).map(addresses -> hosts(name, addresses));
    };
  }

  private static List<Labels> services(String name, List<SrvRecord> records) {
    List<Labels> targets = new ArrayList<>();
    for (SrvRecord record : records) {
      String host = record.target();
      String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
      targets.add(
          Labels.of(
              "__address__",
              bare + ":" + record.port(),
              META + "name",
              name,
              META + "srv_record_target",
              bare + ".",
              META + "srv_record_port",
              Integer.toString(record.port())));
    }
    return sorted(targets);
  }

  private List<Labels> hosts(String name, List<String> addresses) {
    List<Labels> targets = new ArrayList<>();
    for (String address : addresses) {
      String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
      targets.add(Labels.of("__address__", host + ":" + config.port(), META + "name", name));
    }
    return sorted(targets);
  }

  /** Servers turn their answers round; the same set must be the same group. */
  private static List<Labels> sorted(List<Labels> targets) {
    return targets.stream().sorted().toList();
  }

  private static String reason(Throwable failure) {
    return failure instanceof DnsException dns
        ? dns.code().toString()
        : String.valueOf(failure.getMessage());
  }
}
