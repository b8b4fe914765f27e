package dev.stoker.discovery.dns;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.Labels;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRecordType;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks names up. A failed lookup keeps that name's last good targets; the others go on. */
public final class DnsDiscoverer {
  private static final String META = "__meta_dns_";

  private final DnsConfig config;
  private final DnsRecords records;
  private final Map<String, TargetGroup> lastGood = new HashMap<>();

  private DnsDiscoverer(DnsConfig config, DnsRecords records) {
    this.config = config;
    this.records = records;
  }

  /**
   * @param records closed with the discoverer
   */
  public static Discoverer create(DnsConfig config, DnsRecords records, Timers timers) {
    DnsDiscoverer dns = new DnsDiscoverer(config, records);
    return new Polling(timers, config.refreshInterval(), dns::poll, records::close);
  }

  private Future<Polled> poll() {
    List<String> problems = new ArrayList<>();
    List<Future<Void>> lookups = new ArrayList<>();
    for (String name : config.names()) {
      lookups.add(
          targets(name)
              .onSuccess(targets -> lastGood.put(name, new TargetGroup(name, targets)))
              .onFailure(failure -> problems.add(name + ": " + failure.getMessage()))
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
      case SRV ->
          records
              .find(name, DnsRecordType.SRV, content -> service(name, content))
              .map(DnsDiscoverer::sorted);
      case A -> addresses(name, DnsRecordType.A);
      case AAAA -> addresses(name, DnsRecordType.AAAA);
    };
  }

  /** RFC 2782: priority, weight, port, target. */
  private static Labels service(String name, ByteBuf content) {
    content.skipBytes(4);
    int port = content.readUnsignedShort();
    String host = DefaultDnsRecordDecoder.decodeName(content);
    String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return Labels.of(
        "__address__",
        bare + ":" + port,
        META + "name",
        name,
        META + "srv_record_target",
        bare + ".",
        META + "srv_record_port",
        Integer.toString(port));
  }

  private Future<List<Labels>> addresses(String name, DnsRecordType type) {
    return records
        .find(name, type, DnsDiscoverer::address)
        .map(addresses -> hosts(name, addresses));
  }

  private static String address(ByteBuf content) {
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException noAddress) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes", noAddress);
    }
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
}
