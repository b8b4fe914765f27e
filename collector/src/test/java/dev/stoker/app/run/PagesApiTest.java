package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.log.Logs;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okio.Buffer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages ask for, from a whole running Stoker without a store. */
class PagesApiTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  @StartStop public final MockWebServer target = new MockWebServer();
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private int admin;

  @BeforeEach
  void start() throws Exception {
    target.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String path = String.valueOf(request.getUrl().encodedPath());
            return path.contains("broken")
                ? new MockResponse.Builder().code(500).body(HOSTILE).build()
                : new MockResponse.Builder().body(new Buffer().write(goroutines())).build();
          }
        });
    admin = Daemon.freePort();
    Path file = folder.resolve("pages.conf");
    Files.writeString(
        file,
        """
        discovery.relabel.r {
          targets = [
            { "__address__" = "ADDRESS", service_name = "shop", pod = "a" }
            { "__address__" = "ADDRESS", service_name = "bad", "__profile_path__" = "/broken" }
            { "__address__" = "ADDRESS", service_name = "gone", env = "test" }
          ]
          rules = [
            { action = drop, source_labels = ["env"], regex = "test" }
            { action = replace, target_label = "team", replacement = "HOSTILE" }
          ]
        }
        pyroscope.scrape.s {
          targets = discovery.relabel.r.output
          scrape_interval = 1s
          profiling_config {
            profile.goroutine   { enabled = true }
            profile.memory      { enabled = false }
            profile.process_cpu { enabled = false }
            profile.mutex       { enabled = false }
            profile.block       { enabled = false }
          }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w { endpoint { url = "http://127.0.0.1:9", basic_auth { username = u, password = hunter2 } } }
        stoker { http.listen = "127.0.0.1:PORT", storage.path = "FOLDER" }
        """
            .replace("ADDRESS", target.getHostName() + ":" + target.getPort())
            .replace("HOSTILE", HOSTILE)
            .replace("PORT", "" + admin)
            .replace("FOLDER", folder.resolve("data").toString()));
    LoadResult result = ConfigLoader.load(file);
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    vertx
        .deployVerticle(new Collector(((LoadResult.Loaded) result).config()))
        .await(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(40, TimeUnit.SECONDS);
  }

  @Test
  void search_countsFiltersSortsAndPages() throws Exception {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(get("/api/v1/targets/search?limit=0").getJsonObject("counts").getMap())
                    .containsEntry("up", 1)
                    .containsEntry("down", 1)
                    .containsEntry("dropped", 1));
    JsonObject down = get("/api/v1/targets/search?state=down");
    assertThat(down.getInteger("matched")).isEqualTo(1);
    assertThat(down.getJsonArray("items").getJsonObject(0).getString("last_error"))
        .contains("500", HOSTILE);
    assertThat(services(get("/api/v1/targets/search?sort=state")))
        .containsExactly("bad", "shop", "gone");
    assertThat(services(get("/api/v1/targets/search?sort=state&order=desc&limit=1&offset=1")))
        .containsExactly("shop");
    assertThat(services(get("/api/v1/targets/search?q=SERVICE_NAME"))).hasSize(3);
    assertThat(services(get("/api/v1/targets/search?q=onerror&state=up"))).containsExactly("shop");
    assertThat(services(get("/api/v1/targets/search?component=none"))).isEmpty();
    assertThat(services(get("/api/v1/targets/search?state=refused"))).isEmpty();
    assertThat(services(get("/api/v1/targets/search?q=service_name%3Dshop"))).contains("shop");
    assertThat(services(get("/api/v1/targets/search?q=service_name%3Dsho%20x"))).isEmpty();
  }

  @Test
  void targets_areFilteredAndPaged_inAStableOrder() throws Exception {
    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(active(get("/api/v1/targets?health=up"))).containsExactly("shop");
              assertThat(active(get("/api/v1/targets?health=down"))).containsExactly("bad");
            });
    JsonObject all = get("/api/v1/targets");
    assertThat(active(all)).containsExactly("bad", "shop");
    assertThat(total(all)).isEqualTo("2 1");
    assertThat(active(get("/api/v1/targets?component=pyroscope.scrape.s"))).hasSize(2);
    assertThat(total(get("/api/v1/targets?component=none"))).isEqualTo("0 0");
    assertThat(total(get("/api/v1/targets?q=service_name%3Dgone"))).isEqualTo("0 1");
    assertThat(total(get("/api/v1/targets?part=dropped"))).isEqualTo("0 1");
    JsonObject page = get("/api/v1/targets?offset=1&limit=1");
    assertThat(active(page)).containsExactly("shop");
    assertThat(page.getJsonArray("dropped")).isEmpty();
    assertThat(total(page)).isEqualTo("2 1");
    page = get("/api/v1/targets?offset=2&limit=5");
    assertThat(active(page)).isEmpty();
    assertThat(page.getJsonArray("dropped")).hasSize(1);
    assertThat(get("/api/v1/targets?limit=0").getJsonArray("active")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "helth=up  | the parameter helth is unknown; write one of component, health, q, part",
        "health=ok | health must be one of unknown, up",
        "part=all  | part must be one of active, dropped",
        "limit=-1  | limit must be a number",
      })
  void targets_refuseWhatTheyDoNotKnow(String query, String message) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + admin + "/api/v1/targets?" + query))
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(message);
  }

  private static List<String> active(JsonObject targets) {
    return targets.getJsonArray("active").stream()
        .map(target -> ((JsonObject) target).getJsonObject("labels").getString("service_name"))
        .toList();
  }

  private static String total(JsonObject targets) {
    JsonObject total = targets.getJsonObject("total");
    return total.getInteger("active") + " " + total.getInteger("dropped");
  }

  @Test
  void discovery_tellsEachStepOfEachTarget() throws Exception {
    JsonObject all = get("/api/v1/discovery");
    assertThat(all.getJsonObject("counts").getMap())
        .containsEntry("scraped", 2)
        .containsEntry("dropped", 1);
    JsonObject dropped =
        get("/api/v1/discovery?state=dropped").getJsonArray("items").getJsonObject(0);
    JsonObject last = dropped.getJsonArray("steps").getJsonObject(0);
    assertThat(last.getString("component")).isEqualTo("discovery.relabel.r");
    assertThat(last.getJsonObject("dropped").getString("detail")).contains("rule 1", "test");
    JsonArray steps =
        get("/api/v1/discovery?q=shop")
            .getJsonArray("items")
            .getJsonObject(0)
            .getJsonArray("steps");
    assertThat(steps.getJsonObject(0).getJsonObject("before").getMap()).doesNotContainKey("team");
    assertThat(steps.getJsonObject(0).getJsonArray("after").getJsonObject(0).getString("team"))
        .isEqualTo(HOSTILE);
    assertThat(steps.getJsonObject(1).getString("component")).isEqualTo("pyroscope.scrape.s");
    assertThat(steps.getJsonObject(1).getJsonArray("loops")).hasSize(1);
    assertThat(steps.getJsonObject(1).getJsonArray("after").getJsonObject(0).getMap())
        .containsKey("instance")
        .doesNotContainKey("__address__");
  }

  @Test
  void scrapeNow_answersWithAFlameGraph_orWithWhy() throws Exception {
    JsonObject up = target("shop");
    JsonObject answer = posted("/api/v1/targets/scrape", up);
    assertThat(answer.getString("outcome")).as(answer.encode()).isEqualTo("ok");
    JsonObject profile = answer.getJsonArray("profiles").getJsonObject(0);
    assertThat(profile.getJsonObject("flamegraph").getLong("value")).isEqualTo(7);
    assertThat(profile.getJsonArray("top").getJsonObject(0).getString("name"))
        .isEqualTo("main.wait");

    JsonObject failed = posted("/api/v1/targets/scrape", target("bad"));
    assertThat(failed.getString("outcome")).isEqualTo("http");
    assertThat(failed.getString("message")).contains("500");

    HttpResponse<String> unknown =
        post("/api/v1/targets/scrape", up.copy().put("url", "http://10.0.0.1/").encode());
    assertThat(unknown.statusCode()).isEqualTo(400);
  }

  @Test
  void lab_explainsTheRulesOfAComponent() throws Exception {
    String rules =
        get("/api/v1/relabel/rules").getJsonArray("components").getJsonObject(0).getString("rules");
    JsonObject labels = new JsonObject().put("env", "prod").put("a", "b");
    JsonObject kept =
        posted("/api/v1/relabel", new JsonObject().put("rules", rules).put("labels", labels));
    assertThat(kept.getJsonObject("output").getString("team")).isEqualTo(HOSTILE);
    assertThat(kept.getJsonArray("steps").getJsonObject(0).getString("effect"))
        .isEqualTo("unchanged");
    JsonObject dropped =
        posted(
            "/api/v1/relabel",
            new JsonObject().put("rules", rules).put("labels", labels.put("env", "test")));
    assertThat(dropped.getValue("output")).isNull();
    assertThat(dropped.getJsonArray("steps")).hasSize(1);
  }

  @Test
  void lab_boundsItsAnswer() throws Exception {
    StringBuilder rules = new StringBuilder("rules = [");
    for (int i = 0; i < 300; i++) {
      rules.append("{source_labels=[big],target_label=l").append(i).append("},");
    }
    JsonObject labels = new JsonObject().put("big", "x".repeat(30_000));
    String answer =
        posted("/api/v1/relabel", new JsonObject().put("rules", rules + "]").put("labels", labels))
            .encode();

    assertThat(answer.length()).isLessThan(2_000_000);
    assertThat(new JsonObject(answer).getString("truncated")).contains("are left out");
    assertThat(new JsonObject(answer).getValue("output")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rules = [ { action = kepe } ]|kepe",
        "rules = [|",
        "include \"/etc/passwd\"|included",
        "rules = [ { action = keep, regex = \"((a{1000}){1000}){1000}\" } ]|regex",
        "rules = ${HOME}|write the value out",
      })
  void lab_namesWhatIsWrong(String rules, String word) throws Exception {
    JsonObject answer =
        posted(
            "/api/v1/relabel",
            new JsonObject().put("rules", rules).put("labels", new JsonObject()));
    assertThat(answer.getJsonArray("errors").encode())
        .contains(word == null ? "message" : word)
        .doesNotContain("root:", System.getenv().getOrDefault("HOME", "/nowhere"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/relabel", "/api/v1/targets/scrape"})
  void posts_ofOtherSitesAndOtherShapes_areRefused(String path) throws Exception {
    assertThat(post(path, "{}", "Content-Type", "text/plain").statusCode()).isEqualTo(415);
    assertThat(
            post(path, "{}", "Content-Type", "application/json", "Sec-Fetch-Site", "cross-site")
                .statusCode())
        .isEqualTo(403);
    for (String body : List.of("", "[]", "{", "null", "{\"rules\":1}", "{\"url\":{}}", "\u0000")) {
      HttpResponse<String> answer = post(path, body);
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(new JsonObject(answer.body()).getString("error")).doesNotContain("Exception");
    }
    assertThat(post(path, "{\"rules\":\"" + "x".repeat(200_000) + "\"}").statusCode())
        .isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/targets/search?state=x",
        "/api/v1/targets/search?limit=1001",
        "/api/v1/targets/search?offset=-1",
        "/api/v1/targets/search?sort=x",
        "/api/v1/discovery?state=x",
        "/api/v1/discovery?limit=x",
        "/api/v1/profiles/diff?service=shop",
      })
  void badParameters_areA400WithAMessage(String path) throws Exception {
    HttpResponse<String> answer =
        client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getString("error")).isNotBlank();
  }

  @Test
  void profiles_comeFromMemory_withoutAStore() throws Exception {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(get("/api/v1/profiles/services").getJsonArray("services"))
                    .containsExactly("shop"));
    assertThat(get("/api/v1/profiles/services").getBoolean("lasting")).isFalse();
    String type =
        get("/api/v1/profiles/types?service=shop")
            .getJsonArray("types")
            .getJsonObject(0)
            .getString("id");
    JsonObject graph = get("/api/v1/profiles/flamegraph?service=shop&type=" + type);
    assertThat(graph.getJsonObject("flamegraph").getLong("value")).isEqualTo(7);
    assertThat(graph.getJsonArray("totals")).hasSize(60);
    JsonObject diff =
        get(
            "/api/v1/profiles/diff?service=shop&base_from=now-5m&base_until=now&from=now-5m&type="
                + type);
    assertThat(diff.getJsonObject("flamegraph").getDouble("before")).isEqualTo(7);
    assertThat(diff.getJsonObject("flamegraph").getDouble("after")).isEqualTo(7);
  }

  private JsonObject target(String service) throws Exception {
    JsonObject item =
        get("/api/v1/targets/search?q=" + service).getJsonArray("items").getJsonObject(0);
    return new JsonObject()
        .put("component", item.getString("component"))
        .put("url", item.getString("url"))
        .put("profile_type", item.getString("profile_type"));
  }

  private static List<String> services(JsonObject answer) {
    return answer.getJsonArray("items").stream()
        .map(JsonObject.class::cast)
        .map(item -> item.getJsonObject("discovered_labels").getString("service_name"))
        .toList();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path));
  }

  private JsonObject get(String path) throws Exception {
    HttpResponse<String> answer =
        client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private JsonObject posted(String path, JsonObject body) throws Exception {
    HttpResponse<String> answer = post(path, body.encode());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  @Test
  void support_hasEveryPart_andNoSecret() throws Exception {
    Logs.configure(ch.qos.logback.classic.Level.INFO, false);
    org.slf4j.LoggerFactory.getLogger("test").info("a line before a change of level");
    Logs.configure(ch.qos.logback.classic.Level.WARN, true);
    Map<String, String> files = new TreeMap<>();
    HttpResponse<byte[]> answer =
        client.send(request("/-/support").build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    assertThat(files.keySet())
        .containsExactly(
            "components.json",
            "config.json",
            "endpoints.json",
            "log.txt",
            "metrics.txt",
            "receivers.json",
            "targets.json",
            "threads.txt");
    assertThat(files.values()).noneMatch(text -> text.contains("hunter2"));
    assertThat(files.get("config.json")).contains("pyroscope", "***");
    assertThat(files.get("components.json")).contains("pyroscope.scrape.s");
    assertThat(files.get("endpoints.json")).contains("pyroscope.write.w");
    assertThat(files.get("log.txt")).contains("a line before a change of level");
    assertThat(files.get("metrics.txt")).contains("stoker_targets{");
    assertThat(new JsonObject(files.get("targets.json")).getJsonArray("dropped")).hasSize(1);
    assertThat(files.get("threads.txt")).contains("vert.x-eventloop-thread", "\n  at ");
  }

  private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    String[] sent =
        headers.length == 0 ? new String[] {"Content-Type", "application/json"} : headers;
    return client.send(
        request(path).headers(sent).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static byte[] goroutines() {
    ValueType count = new ValueType("goroutine", "count");
    PprofWriter writer = new PprofWriter(List.of(count), count, 1, "goroutine");
    writer.sample(new int[] {writer.location("main.wait", "main.go", 3)}, 7);
    return writer.finish(1_800_000_000_000_000_000L, 0);
  }
}
