package dev.stoker.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.Labels;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a name server on real sockets. */
class DnsDiscovererTest {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Context context = vertx.getOrCreateContext();
  private final VertxTimers timers = new VertxTimers(vertx, context);
  private final FakeDns dns = new FakeDns();

  private volatile List<TargetGroup> groups = List.of();
  private volatile String problem = "";

  DnsDiscovererTest() throws IOException {}

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    dns.close();
  }

  @Test
  void aName_isLookedUpAgain_andKeepsItsLastGoodTargets() {
    dns.zone.put("app.test/" + FakeDns.A, List.of(new byte[] {10, 0, 0, 9}));
    start(DnsConfig.Type.A, "app.test", "gone.test");

    await().until(() -> !targets().isEmpty());
    assertThat(targets())
        .containsExactly(Labels.of("__address__", "10.0.0.9:6060", "__meta_dns_name", "app.test"));
    await().until(() -> problem.contains("gone.test: NXDOMAIN"));
    dns.broken = true;
    await().until(() -> problem.contains("app.test: SERVFAIL"));
    assertThat(addresses()).containsExactly("10.0.0.9:6060");
    dns.broken = false;
    dns.zone.put("app.test/" + FakeDns.A, List.of(new byte[] {10, 0, 0, 10}));
    await().until(() -> addresses().equals(List.of("10.0.0.10:6060")));
  }

  @Test
  void anAnswerThatIsCutOverUdp_isWholeOverTcp() {
    List<byte[]> many =
        IntStream.range(0, 300)
            .mapToObj(i -> new byte[] {10, 1, (byte) (i >> 8), (byte) i})
            .toList();
    dns.zone.put("many.test/" + FakeDns.A, many);
    start(DnsConfig.Type.A, "many.test");

    await().until(() -> !targets().isEmpty());
    assertThat(addresses())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 300)
                .mapToObj(i -> "10.1." + (i >> 8) + "." + (i & 0xff) + ":6060")
                .toList());
    assertThat(dns.overTcp.get()).isPositive();
  }

  @Test
  void services_areWholeOverTcp_withNamesThatPointIntoTheMessage() {
    List<byte[]> services =
        IntStream.range(0, 60)
            .mapToObj(
                i -> {
                  byte[] host = ("pod-" + i).getBytes(StandardCharsets.US_ASCII);
                  return ByteBuffer.allocate(9 + host.length)
                      .putInt(0)
                      .putShort((short) (6000 + i))
                      .put((byte) host.length)
                      .put(host)
                      .putShort((short) 0xc00c)
                      .array();
                })
            .toList();
    dns.zone.put("_pprof._tcp.test/" + FakeDns.SRV, services);
    start(DnsConfig.Type.SRV, "_pprof._tcp.test");

    await().until(() -> !targets().isEmpty());
    assertThat(targets()).hasSize(60);
    assertThat(targets())
        .contains(
            Labels.of(
                "__address__",
                "pod-59._pprof._tcp.test:6059",
                "__meta_dns_name",
                "_pprof._tcp.test",
                "__meta_dns_srv_record_target",
                "pod-59._pprof._tcp.test.",
                "__meta_dns_srv_record_port",
                "6059"));
    assertThat(dns.overTcp.get()).isPositive();
  }

  @Test
  void aShortName_isLookedForInTheSearchDomains() throws Exception {
    dns.zone.put(
        "app.shop.test/" + FakeDns.AAAA, List.of(InetAddress.getByName("fd00::9").getAddress()));
    start(DnsConfig.Type.AAAA, "app");

    await().until(() -> !targets().isEmpty());
    assertThat(targets())
        .containsExactly(
            Labels.of("__address__", "[fd00:0:0:0:0:0:0:9]:6060", "__meta_dns_name", "app"));
  }

  private void start(DnsConfig.Type type, String... names) {
    DnsNameResolverBuilder servers =
        new DnsNameResolverBuilder()
            .nameServerProvider(new SingletonDnsServerAddressStreamProvider(dns.address()))
            .searchDomains(List.of("none.test", "shop.test"))
            .ndots(1);
    Discoverer discoverer =
        DnsDiscoverer.create(
            new DnsConfig("discovery.dns.d", List.of(names), type, 6060, Duration.ofMillis(100)),
            new DnsRecords(vertx, servers),
            timers);
    context.runOnContext(ignored -> discoverer.start(new Last()));
  }

  /** Keeps what was told last. */
  private final class Last implements Discoverer.Listener {
    @Override
    public void begin(List<TargetGroup> all) {
      groups = all;
    }

    @Override
    public void update(List<TargetGroup> changed) {
      replace(changed);
    }

    @Override
    public void updateInPart(List<TargetGroup> changed, String why) {
      replaceInPart(changed, why);
    }

    @Override
    public void replace(List<TargetGroup> all) {
      problem = "";
      groups = all;
    }

    @Override
    public void replaceInPart(List<TargetGroup> all, String why) {
      problem = why;
      groups = all;
    }

    @Override
    public void failed(String why) {
      problem = why;
    }
  }

  private List<Labels> targets() {
    return groups.stream().flatMap(group -> group.targets().stream()).toList();
  }

  private List<String> addresses() {
    return targets().stream().map(target -> target.get("__address__")).toList();
  }
}
