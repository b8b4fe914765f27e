package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A changed config under a running daemon: real files, real sockets. */
class ReloadTest {
  private static final String TYPES =
      """
        profiling_config {
          profile.memory      { enabled = true }
          profile.process_cpu { enabled = false }
          profile.goroutine   { enabled = false }
          profile.mutex       { enabled = false }
          profile.block       { enabled = false }
        }
      """;

  @TempDir Path folder;
  private HeapTarget target;
  private PushServer pyroscope;
  private int port;
  private Path file;

  @BeforeEach
  void servers() throws Exception {
    target = new HeapTarget();
    pyroscope = new PushServer();
    port = Daemon.freePort();
    file = folder.resolve("stoker.conf");
  }

  @AfterEach
  void close() {
    target.close();
    pyroscope.close();
  }

  private String daemon() {
    return "stoker { http.listen = \"127.0.0.1:%d\", storage.path = \"%s\", reload.watch = false }\n"
        .formatted(port, folder.resolve("data"));
  }

  private static String scrape(String label, String address, String more) {
    return "pyroscope.scrape."
        + label
        + " {\n"
        + "  targets = [ { \"__address__\" = \""
        + address
        + "\", \"service_name\" = \"shop\" } ]\n"
        + "  scrape_interval = 1s\n"
        + TYPES
        + more
        + "\n}\n";
  }

  private String write(String url, String more) {
    return "pyroscope.write.w { endpoint { url = \"" + url + "\" " + more + " } }\n";
  }

  private String usual() {
    return daemon()
        + scrape("t", target.address(), "forward_to = [ pyroscope.write.w.receiver ]")
        + write(pyroscope.url(), "");
  }

  private void put(String text) throws Exception {
    Files.writeString(file, text);
  }

  private Daemon start(String text) throws Exception {
    put(text);
    return new Daemon(file, port);
  }

  private void pushes(int count) throws Exception {
    Daemon.await(count + " pushes", () -> pyroscope.pushed().size() >= count);
  }

  /** Objects allocated, as delivered in deltas: each once, with a baseline that was never lost. */
  private long delivered() {
    return pyroscope.pushed().stream().mapToLong(push -> push.values().get(0)).sum();
  }

  @Test
  void anEqualConfig_changesNothing() throws Exception {
    try (Daemon daemon = start(usual())) {
      pushes(2);
      long before = daemon.loop("memory").getLong("scrapes");
      put("# a comment moves every line\n" + usual());

      Daemon.Answer answer = daemon.reload();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().getJsonArray("added")).isEmpty();
      assertThat(answer.json().getJsonArray("changed")).isEmpty();
      assertThat(answer.json().getJsonArray("removed")).isEmpty();
      assertThat(answer.json().getJsonObject("loops"))
          .isEqualTo(new JsonObject().put("kept", 1).put("restarted", 0));
      assertThat(daemon.loop("memory").getLong("scrapes")).isGreaterThanOrEqualTo(before);
    }
  }

  @Test
  void aChangedScrape_keepsItsOtherLoops_andTheirBaselines() throws Exception {
    try (HeapTarget second = new HeapTarget();
        Daemon daemon = start(usual())) {
      pushes(2);
      String next = daemon.loop("memory").getString("next_scrape");
      long scrapes = daemon.loop("memory").getLong("scrapes");
      put(
          usual()
              .replace(
                  "\"service_name\" = \"shop\" }",
                  "\"service_name\" = \"shop\", \"team\" = \"a\" }, { \"__address__\" = \""
                      + second.address()
                      + "\" }"));

      JsonObject answer = daemon.reload().json();

      assertThat(answer.getJsonArray("changed"))
          .isEqualTo(new JsonArray().add("pyroscope.scrape.t"));
      assertThat(answer.getJsonObject("loops").getInteger("kept")).isEqualTo(1);
      assertThat(answer.getJsonObject("loops").getInteger("restarted")).isZero();
      JsonObject kept =
          daemon.active().stream()
              .map(JsonObject.class::cast)
              .filter(loop -> loop.getString("url").contains(target.address()))
              .findFirst()
              .orElseThrow();
      assertThat(kept.getLong("scrapes")).isGreaterThanOrEqualTo(scrapes);
      assertThat(phase(kept.getString("next_scrape"))).isEqualTo(phase(next));
      assertThat(daemon.active()).hasSize(2);
      Daemon.await(
          "the new label",
          () -> pyroscope.pushed().stream().anyMatch(p -> "a".equals(p.labels().get("team"))));
      assertThat(pyroscope.pushed().stream().filter(p -> "a".equals(p.labels().get("team"))))
          .allSatisfy(push -> assertThat(push.values().get(0)).isEqualTo(1));
    }
  }

  private static String phase(String instant) {
    return String.valueOf(java.time.Instant.parse(instant).getNano());
  }

  @Test
  void aChangedInterval_restartsTheLoop_andStopsTheOldOneFirst() throws Exception {
    try (Daemon daemon = start(usual())) {
      pushes(1);
      put(usual().replace("scrape_interval = 1s", "scrape_interval = 2s"));

      JsonObject answer = daemon.reload().json();

      assertThat(answer.getJsonObject("loops"))
          .isEqualTo(new JsonObject().put("kept", 0).put("restarted", 1));
      assertThat(daemon.loop("memory").getLong("interval_ms")).isEqualTo(2000);
    }
  }

  @Test
  void anotherComponentForTheSameTarget_takesItOver() throws Exception {
    try (Daemon daemon = start(usual())) {
      pushes(1);
      put(usual().replace("pyroscope.scrape.t", "pyroscope.scrape.other"));

      JsonObject answer = daemon.reload().json();

      assertThat(answer.getJsonArray("added")).containsExactly("pyroscope.scrape.other");
      assertThat(answer.getJsonArray("removed")).containsExactly("pyroscope.scrape.t");
      assertThat(daemon.loop("memory").getString("component")).isEqualTo("pyroscope.scrape.other");
      assertThat(daemon.get("/metrics").body())
          .contains("component=\"pyroscope.scrape.other\"")
          .doesNotContain("component=\"pyroscope.scrape.t\"");
    }
  }

  @Test
  void anotherEndpoint_takesTheProfiles_withoutARestartOfLoops() throws Exception {
    try (PushServer second = new PushServer();
        Daemon daemon = start(usual())) {
      pushes(2);
      put(
          usual()
              .replace(
                  pyroscope.url() + "\" ",
                  second.url() + "\", headers { \"X-Scope-OrgID\" = \"team-a\" } "));

      JsonObject answer = daemon.reload().json();

      assertThat(answer.getJsonArray("changed")).containsExactly("pyroscope.write.w");
      assertThat(answer.getJsonObject("loops"))
          .isEqualTo(new JsonObject().put("kept", 1).put("restarted", 0));
      Daemon.await("pushes at the new endpoint", () -> second.pushed().size() >= 2);
      assertThat(second.pushed())
          .allSatisfy(push -> assertThat(push.values().get(0)).isEqualTo(1))
          .allSatisfy(push -> assertThat(push.headers()).containsEntry("X-Scope-OrgID", "team-a"));
    }
  }

  @Test
  void aBadConfig_isAnswered400WithFileAndLine_andTheOldOneRunsOn() throws Exception {
    try (Daemon daemon = start(usual())) {
      pushes(1);
      List<String> bad =
          List.of(
              usual().replace("scrape_interval = 1s", "scrape_interval = soon"),
              usual().replace("pyroscope.write.w.receiver", "pyroscope.write.gone.receiver"),
              usual().replace("forward_to", "forwardto"),
              usual().substring(0, usual().length() / 2),
              "",
              usual() + "include \"gone.conf\"\n",
              usual()
                  .replace(
                      "scrape_interval = 1s",
                      "basic_auth { username = a, password_file = \"/gone\" }"),
              usual() + "stoker.store.s {}\n");
      Files.createDirectories(folder.resolve("data/store"));
      Files.writeString(folder.resolve("data/store/stoker.store.s"), "no folder");
      for (String text : bad) {
        put(text);
        Daemon.Answer answer = daemon.reload();
        assertThat(answer.status()).as(text + answer).isEqualTo(400);
        JsonObject error = answer.json().getJsonArray("errors").getJsonObject(0);
        assertThat(error.getString("file")).as(text).isEqualTo(file.toString());
        assertThat(error.getInteger("line"))
            .as(text + error)
            .isGreaterThanOrEqualTo(text.isEmpty() ? 0 : 1);
        assertThat(error.getString("message")).isNotEmpty();
        assertThat(daemon.lastReload().getBoolean("successful")).isFalse();
        assertThat(daemon.metric("stoker_config_last_reload_successful")).isZero();
      }
      long scrapes = target.scrapes();
      pushes(pyroscope.pushed().size() + 2);
      put(usual());
      assertThat(daemon.reload().status()).isEqualTo(200);
      assertThat(daemon.metric("stoker_config_last_reload_successful")).isEqualTo(1);
      assertThat(target.scrapes()).isGreaterThan(scrapes);
      assertThat(delivered()).isEqualTo(pyroscope.pushed().size() - 1);
    }
  }

  @Test
  void requestsAtOnce_areAnsweredOneByOne_andTheLastOneSeesTheLastFile() throws Exception {
    try (Daemon daemon = start(usual())) {
      List<CompletableFuture<Daemon.Answer>> asked = new java.util.ArrayList<>();
      for (int i = 0; i < 20; i++) {
        put(usual().replace("service_name\" = \"shop", "service_name\" = \"shop" + i));
        asked.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return daemon.reload();
                  } catch (Exception failed) {
                    throw new AssertionError(failed);
                  }
                }));
      }
      for (CompletableFuture<Daemon.Answer> answer : asked) {
        assertThat(answer.get().status()).isIn(200, 400); // a half-written one is refused
      }
      assertThat(daemon.reload().status()).isEqualTo(200);
      assertThat(daemon.loop("memory").getJsonObject("labels").getString("service_name"))
          .isEqualTo("shop19");
    }
  }

  @Test
  void storeBounds_andLogLevel_follow_andAPortNeedsARestart() throws Exception {
    String text =
        usual().replace("pyroscope.write.w.receiver", "stoker.store.s.receiver")
            + "stoker.store.s { retention = 1h }\n";
    try (Daemon daemon = start(text)) {
      put(text.replace("retention = 1h", "retention = 2h").replace(":" + port, ":1"));

      JsonObject answer = daemon.reload().json();

      assertThat(answer.getJsonArray("changed")).containsExactly("stoker.store.s");
      assertThat(answer.getJsonArray("restart_needed").getString(0))
          .contains("stoker.http.listen")
          .contains("restarted");
      assertThat(daemon.loop("memory")).isNotNull();
    }
  }

  @Test
  void theRunningConfig_isShownWithoutSecrets() throws Exception {
    String text =
        usual()
            .replace(
                "scrape_interval = 1s",
                "scrape_interval = 1s\n  basic_auth { username = bob, password = \"hunter2-x\" }");
    try (Daemon daemon = start(text)) {
      JsonObject config = daemon.get("/api/v1/config").json();
      assertThat(config.getString("config"))
          .contains("username")
          .contains("bob")
          .contains("***")
          .doesNotContain("hunter2");
      assertThat(config.getJsonArray("files")).containsExactly(file.toRealPath().toString());
      assertThat(config.getJsonObject("last_reload").getString("trigger")).isEqualTo("start");
    }
  }
}
