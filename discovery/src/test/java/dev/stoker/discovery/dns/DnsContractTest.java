package dev.stoker.discovery.dns;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.DiscovererContract;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

final class DnsContractTest extends DiscovererContract {
  private final FakeDns dns = new FakeDns();

  DnsContractTest() throws IOException {}

  @AfterEach
  void closeServer() throws Exception {
    dns.close();
  }

  @Override
  protected Discoverer discoverer() {
    return DnsDiscoverer.create(
        new DnsConfig("discovery.dns.d", List.of("app.test"), DnsConfig.Type.A, 6060, SOON),
        new DnsRecords(
            vertx,
            new DnsNameResolverBuilder()
                .nameServerProvider(new SingletonDnsServerAddressStreamProvider(dns.address()))),
        timers);
  }

  @Override
  protected void works(int targets) {
    dns.zone.put(
        "app.test/" + FakeDns.A,
        IntStream.rangeClosed(1, targets).mapToObj(i -> new byte[] {10, 0, 0, (byte) i}).toList());
    dns.broken = false;
  }

  @Override
  protected void fails() {
    dns.broken = true;
  }
}
