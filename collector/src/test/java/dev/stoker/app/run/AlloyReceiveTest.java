package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.receive.pyroscope.Pushes;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An Alloy config with receive_http, relabel, enrich and write runs as it is, and pushes to it are
 * answered and delivered as Alloy's documentation and behaviour have it, or the page of differences
 * names what is otherwise.
 */
class AlloyReceiveTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final long TIME = 1_700_000_000_000_000_000L;
  private static final String SAME = "";
  private static final String PUSH = "/push.v1.PusherService/Push";

  /** What is compared by other tests: of several receivers, hostile clients, logins. */
  private static final Set<String> ELSEWHERE =
      Set.of("one of several receivers fails", "bodies and connections", "a login", "metrics");

  private static final byte[] PROFILE = Pushes.profile(7, TIME);
  private static final byte[] STACKS = "main;work 3\n".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> SHOP =
      Map.of("__name__", "process_cpu", "service_name", "shop");

  @TempDir Path folder;

  /**
   * One push and what becomes of it.
   *
   * @param otherwise the subject on the page of differences; {@link #SAME} = as in Alloy
   * @param type the media type; "" = the method is GET
   * @param says a part of the answer
   * @param delivered labels that arrive, one with the value "" not; none = nothing arrives
   */
  private record Push(
      String otherwise,
      String path,
      String type,
      byte[] body,
      int status,
      String says,
      Map<String, String> delivered) {}

  private static Push connect(
      String otherwise, Map<String, String> labels, Map<String, String> delivered) {
    byte[] body = Pushes.proto(labels, PROFILE);
    return new Push(otherwise, PUSH, "application/proto", body, 200, "", delivered);
  }

  private static Push ingest(
      String otherwise, String name, String format, Map<String, String> delivered) {
    String query = "?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8) + "&from=1700000000";
    byte[] body = format.equals("pprof") ? PROFILE : STACKS;
    String path = "/ingest" + query + "&until=1700000010&format=" + format;
    return new Push(otherwise, path, "application/octet-stream", body, 200, "", delivered);
  }

  private static Push refused(Push push, int status, String says) {
    return new Push(
        push.otherwise(), push.path(), push.type(), push.body(), status, says, Map.of());
  }

  private static Push to(String otherwise, String path, String type, int status) {
    return new Push(otherwise, path, type, PROFILE, status, "", Map.of());
  }

  private static final List<Push> PUSHES =
      List.of(
          // service_name and app_name
          connect(SAME, Map.of("__name__", "process_cpu"), Map.of("service_name", "process_cpu")),
          connect("`app_name` by push.v1", SHOP, Map.of("service_name", "shop", "app_name", "")),
          ingest(SAME, "shop", "pprof", Map.of("service_name", "shop", "app_name", "")),
          ingest(
              SAME,
              "shop{service_name=till}",
              "pprof",
              Map.of("service_name", "till", "app_name", "shop")),
          ingest(
              "a type in the name of the program",
              "shop.cpu",
              "folded",
              Map.of("service_name", "shop", "__name__", "process_cpu")),
          // labels, rules, targets
          connect(
              SAME,
              Map.of("__name__", "memory", "service_name", "legacy-shop", "host", "h1"),
              Map.of("service_name", "shop", "region", "north", "zone", "a", "cluster", "eu-1")),
          ingest(SAME, "shop{host=h2}", "pprof", Map.of("host", "h2", "region", "", "zone", "")),
          connect(SAME, with(SHOP, "team", "unwanted"), Map.of()),
          connect(
              "labels of senders with two underscores",
              with(SHOP, "__address__", "10.0.0.1:80"),
              Map.of("service_name", "shop", "__address__", "")),
          refused(
              ingest("a `name` that cannot be read", "shop{team", "pprof", Map.of()),
              400,
              "is not of the form app{label=value"),
          // formats and bodies
          ingest("what comes by `/ingest`", "shop", "folded", Map.of("service_name", "shop")),
          refused(
              ingest("what comes by `/ingest`", "shop", "speedscope", Map.of()), 400, "speedscope"),
          refused(
              new Push(
                  "a profile that is none, a wrong label",
                  PUSH,
                  "application/proto",
                  Pushes.proto(SHOP, STACKS),
                  200,
                  "",
                  Map.of()),
              400,
              "invalid_argument"),
          // routes
          to(SAME, "/ingest?name=shop", "", 405),
          to(SAME, PUSH, "", 405),
          to(SAME, "/other", "application/proto", 404),
          ingestAt("/pyroscope", Map.of("service_name", "shop")),
          to(
              "debug information of programs",
              "/debuginfo.v1alpha1.DebuginfoService/ShouldInitiateUpload",
              "application/proto",
              404));

  private static Push ingestAt(String prefix, Map<String, String> delivered) {
    Push plain = ingest("`/pyroscope/ingest`", "shop", "pprof", delivered);
    return new Push(
        plain.otherwise(), prefix + plain.path(), plain.type(), plain.body(), 200, "", delivered);
  }

  private static Map<String, String> with(Map<String, String> labels, String name, String value) {
    Map<String, String> all = new TreeMap<>(labels);
    all.put(name, value);
    return all;
  }

  private Path config(int admin, int port, String url) throws Exception {
    Path targets = folder.resolve("hosts.json");
    Files.writeString(
        targets,
        "[{\"targets\": [\"10.0.0.1:80\"], \"labels\":"
            + " {\"host\": \"h1\", \"region\": \"north\", \"zone\": \"a\", \"rack\": \"7\"}}]");
    String alloy =
        Files.readString(
            ROOT.resolve("collector/src/test/resources/dev/stoker/alloy/receive.alloy"));
    Files.writeString(
        folder.resolve("receive.alloy"),
        alloy
            .replace("9999", "" + port)
            .replace("/etc/alloy/hosts.json", targets.toString())
            .replace("http://pyroscope:4040", url));
    return Files.writeString(
        folder.resolve("stoker.conf"),
        """
        stoker { http.listen = "127.0.0.1:%d", storage.path = "%s", reload.watch = false }
        include "receive.alloy"
        """
            .formatted(admin, folder.resolve("data")));
  }

  private static Daemon.Answer send(Daemon daemon, int port, Push push, String tenant)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + push.path()));
    if (!tenant.isEmpty()) {
      request.header("X-Scope-OrgID", tenant);
    }
    if (!push.type().isEmpty()) {
      request
          .header("Content-Type", push.type())
          .POST(HttpRequest.BodyPublishers.ofByteArray(push.body()));
    }
    return daemon.send(request.build());
  }

  @Test
  void theConfigRuns_andPushesAreAsInAlloy_orTheirDifferenceIsOnThePage() throws Exception {
    int admin = Daemon.freePort();
    int port = Daemon.freePort();
    try (PushServer pyroscope = new PushServer();
        Daemon daemon = new Daemon(config(admin, port, pyroscope.url()), admin)) {
      Daemon.await("targets", () -> message(daemon, "enrich.hosts").contains("by host: 1 value"));
      for (Push push : PUSHES) {
        int before = pyroscope.pushed().size();
        Daemon.Answer answer = send(daemon, port, push, "");
        assertThat(answer.status()).as("%s: %s", push, answer.body()).isEqualTo(push.status());
        assertThat(answer.body()).as("%s", push).contains(push.says());
        if (!push.delivered().isEmpty()) {
          Daemon.await("it has come", () -> pyroscope.pushed().size() == before + 1);
          Map<String, String> labels = pyroscope.pushed().get(before).labels();
          push.delivered()
              .forEach(
                  (name, value) ->
                      assertThat(labels.getOrDefault(name, "")).as("%s", labels).isEqualTo(value));
        }
      }
      long arrived = PUSHES.stream().filter(push -> !push.delivered().isEmpty()).count();
      assertThat(pyroscope.pushed()).hasSize((int) arrived);
      assertThat(pyroscope.pushed())
          .allSatisfy(
              pushed -> {
                assertThat(pushed.labels()).containsEntry("cluster", "eu-1");
                assertThat(pushed.labels()).doesNotContainKeys("rack", "__address__");
                assertThat(pushed.headers()).doesNotContainKey("X-Scope-OrgID");
              });
      assertThat(message(daemon, "enrich.hosts")).startsWith("1 profile enriched, ");
    }
  }

  @Test
  void aTenant_aServerThatRefuses_andOneThatIsDown() throws Exception {
    int admin = Daemon.freePort();
    int port = Daemon.freePort();
    Push push = connect(SAME, SHOP, Map.of());
    try (PushServer pyroscope = new PushServer();
        Daemon daemon = new Daemon(config(admin, port, pyroscope.url()), admin)) {
      assertThat(send(daemon, port, push, "team-a").status()).isEqualTo(200);
      assertThat(send(daemon, port, push, "no/tenant").status()).isEqualTo(400);
      Daemon.await("one has come", () -> pyroscope.pushed().size() == 1);
      assertThat(pyroscope.pushed().get(0).headers()).containsEntry("X-Scope-OrgID", "team-a");

      pyroscope.answers(413);
      assertThat(send(daemon, port, push, "").status()).isEqualTo(200);
      Daemon.await("the drop is counted", () -> dropped(daemon) == 1);

      pyroscope.answers(503);
      assertThat(send(daemon, port, push, "").status()).isEqualTo(200);
      pyroscope.answers(200);
      Daemon.await("it comes when the server is back", () -> pyroscope.pushed().size() == 2);
    }
  }

  @Test
  void thePage_namesWhatIsTestedHereOrElsewhere_andNothingElse() throws Exception {
    Set<String> tested = new TreeSet<>(ELSEWHERE);
    PUSHES.forEach(push -> tested.add(push.otherwise()));
    tested.remove(SAME);
    tested.addAll(Set.of("the server is down", "a server refuses a profile", "`X-Scope-OrgID`"));
    String section =
        Files.readString(ROOT.resolve("docs/differences-from-alloy.md"))
            .split("\n## pyroscope.receive_http\n", 2)[1]
            .split("\n## ", 2)[0];
    Set<String> named = new TreeSet<>();
    Pattern.compile("(?m)^\\| (.+?) \\|")
        .matcher(section)
        .results()
        .forEach(row -> named.add(row.group(1)));
    named.remove("subject");
    assertThat(named).isEqualTo(tested);
  }

  private static String message(Daemon daemon, String component) throws Exception {
    return daemon.get("/api/v1/components").array().stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("id").equals("pyroscope." + component))
        .findFirst()
        .orElseThrow()
        .getString("message");
  }

  private static int dropped(Daemon daemon) throws Exception {
    JsonObject endpoint = daemon.get("/api/v1/endpoints").array().getJsonObject(0);
    return endpoint.getJsonObject("dropped").stream()
        .mapToInt(entry -> ((Number) entry.getValue()).intValue())
        .sum();
  }
}
