package dev.stoker.discovery.eureka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetNode;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answer of a Eureka server of Spring Cloud 2025.0 (apps.xml), and answers of others. */
class EurekaDiscovererTest {
  @StartStop public final MockWebServer server = new MockWebServer();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void instances_haveTheLabelsOfPrometheus() throws Exception {
    answer(200, "application/xml", recorded());

    TargetNode node = run();

    await()
        .untilAsserted(
            () ->
                assertThat(node.targets())
                    .containsExactly(
                        Labels.of(
                            Map.ofEntries(
                                Map.entry("__address__", "127.0.0.1:28762"),
                                Map.entry("instance", "shop-1"),
                                Map.entry("__meta_eureka_app_name", "SHOP"),
                                meta("id", "shop-1"),
                                meta("hostname", "127.0.0.1"),
                                meta("ip_addr", "192.0.2.7"),
                                meta("status", "UP"),
                                meta("port", "28762"),
                                meta("port_enabled", "true"),
                                meta("secure_port", "443"),
                                meta("secure_port_enabled", "false"),
                                meta("country_id", "1"),
                                meta("datacenterinfo_name", "MyOwn"),
                                meta("metadata_profiles_scrape", "true"),
                                meta("metadata_management_port", "28762"),
                                meta("metadata_team", "checkout & co"),
                                meta("homepage_url", "http://127.0.0.1:28762/"),
                                meta("statuspage_url", "http://127.0.0.1:28762/actuator/info"),
                                meta("healthcheck_url", "http://127.0.0.1:28762/actuator/health"),
                                meta("vip_address", "shop"),
                                meta("secure_vip_address", "shop")))));
    assertThat(server.takeRequest().getTarget()).isEqualTo("/eureka/apps");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          404 | text/plain      | nothing here                                  | answers 404, not 200; server has to be the base URL
          200 | text/html       | <html><body>log in</body></html>              | no XML of Eureka
          200 | application/xml | <applications><application>                   | no XML of Eureka
          200 | application/xml | <!DOCTYPE a [<!ENTITY e "x">]><applications>&e;</applications> | no XML of Eureka
          """)
  void otherAnswers_keepTheLastTargets_andSayWhatIsWrong(
      int status, String type, String body, String message) throws Exception {
    answer(200, "application/xml", recorded());
    TargetNode node = run();
    await().until(() -> node.targets().size() == 1);

    answer(status, type, body);

    await()
        .untilAsserted(
            () -> {
              assertThat(node.health().state()).isEqualTo(ComponentHealth.State.UNHEALTHY);
              assertThat(node.health().message()).contains("/eureka/apps", message);
            });
    assertThat(node.targets()).hasSize(1);
  }

  private static Map.Entry<String, String> meta(String name, String value) {
    return Map.entry("__meta_eureka_app_instance_" + name, value);
  }

  private static String recorded() throws Exception {
    try (InputStream in = EurekaDiscovererTest.class.getResourceAsStream("apps.xml")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void answer(int status, String type, String body) {
    MockResponse response =
        new MockResponse.Builder().code(status).setHeader("Content-Type", type).body(body).build();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return response;
          }
        });
  }

  private TargetNode run() {
    VertxTimers timers = new VertxTimers(vertx, context);
    EurekaConfig config =
        new EurekaConfig(
            "discovery.eureka.e",
            URI.create(server.url("/eureka/").toString()),
            Duration.ofMillis(100),
            HttpClientConfig.DEFAULT);
    TargetGraph graph = new TargetGraph(timers);
    BoundedClient get =
        new BoundedClient(
            vertx,
            timers,
            ClientAccess.plain(vertx, timers),
            new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20),
            "test");
    graph.discover("discovery.eureka.e", EurekaDiscoverer.create(config, get, vertx, timers));
    context.runOnContext(ignored -> graph.start());
    return graph.nodes().get(0);
  }
}
