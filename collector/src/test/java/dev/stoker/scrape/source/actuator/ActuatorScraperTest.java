package dev.stoker.scrape.source.actuator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.source.FakeHost;
import dev.stoker.scrape.source.SourceHarness;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ActuatorScraperTest {
  private static final String PATH = "/actuator/flightrecorder";
  private static final byte[] RECORDING = "FLR\0recording".getBytes(StandardCharsets.ISO_8859_1);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Answers as the starter 2.3.0 on Spring Boot 2.7.18 does. */
  private static final class Actuator extends FakeHost {
    /** Description by id. */
    final Map<Integer, String> recordings = new ConcurrentSkipListMap<>();

    final CountDownLatch goOn = new CountDownLatch(1);
    volatile JsonObject started = new JsonObject();
    volatile boolean loseStart;
    volatile boolean stallFetch;
    volatile int refuse;
    private int last;

    synchronized int add(String description) {
      recordings.put(++last, description);
      return last;
    }

    @Override
    protected void answer(HttpExchange exchange, String body)
        throws IOException, InterruptedException {
      String path = exchange.getRequestURI().getPath().substring(PATH.length()).replace("/", "");
      if (refuse != 0) {
        json(exchange, refuse, "{\"error\":\"no\"}");
        return;
      }
      switch (exchange.getRequestMethod() + (path.isEmpty() ? "" : " id")) {
        case "GET" -> json(exchange, 200, list());
        case "POST" -> {
          started = new JsonObject(body);
          int id = add(started.getString("description"));
          if (!loseStart) {
            exchange
                .getResponseHeaders()
                .set("Location", "http://inside.the.pod:8080" + PATH + "/" + id);
            send(exchange, 201, "", new byte[0]);
          }
        }
        case "GET id" -> {
          if (stallFetch) {
            goOn.await();
          }
          boolean there = recordings.containsKey(Integer.valueOf(path));
          send(
              exchange,
              there ? 200 : 404,
              there ? "application/octet-stream" : "",
              there ? RECORDING : new byte[0]);
        }
        default ->
            send(
                exchange,
                recordings.remove(Integer.valueOf(path)) == null ? 404 : 204,
                "",
                new byte[0]);
      }
    }

    private String list() {
      JsonArray all = new JsonArray();
      recordings.forEach(
          (id, description) ->
              all.add(
                  new JsonObject()
                      .put("id", id)
                      .put("startedAt", "2026-11-26 02:05:27")
                      .put("status", "RUNNING")
                      .put("finishedAt", null)
                      .put("description", description)));
      return all.encode();
    }
  }

  private final Actuator host = new Actuator();
  private final Source.ActuatorJfr source =
      new Source.ActuatorJfr(PATH, Map.of("jdk.ExecutionSample#period", "20 ms"));
  private final SourceHarness stoker = harness("life");

  @org.junit.jupiter.api.AfterEach
  void close() {
    host.goOn.countDown();
    stoker.close();
    host.close();
  }

  private SourceHarness harness(String life) {
    return new SourceHarness(
        life,
        parts ->
            new ActuatorScraper(
                source,
                new ActuatorScraper.Tools(
                    parts.timers(), parts.budget(), parts.calls(), parts.http(), parts.names())));
  }

  private Target target(Duration timeout, int seconds) {
    return SourceHarness.target(source, host.address(), timeout, seconds);
  }

  @Test
  void scrape_startsWaitsFetchesAndDeletes() {
    Target target = target(TIMEOUT, 0);
    assertThat(stoker.body(target)).isEqualTo(RECORDING);
    stoker.leave(target);
    assertThat(host.requests)
        .containsExactly(
            "GET " + PATH + "/",
            "POST " + PATH + "/",
            "GET " + PATH + "/1",
            "DELETE " + PATH + "/1");
    assertThat(host.started.getString("description")).matches("stoker-0123456789ab-life-[0-9]+");
    assertThat(host.started.getString("duration")).isEqualTo("60");
    assertThat(host.started.getJsonObject("customSettings").getMap())
        .containsExactly(Map.entry("jdk.ExecutionSample#period", "20 ms"));
    assertThat(stoker.used()).isZero();
    // Who has left is new when it comes back, and looks around first; after that no more.
    stoker.body(target);
    stoker.body(target);
    stoker.leave(target);
    assertThat(host.requests).hasSize(11).filteredOn(("GET " + PATH + "/")::equals).hasSize(2);
    assertThat(host.recordings).isEmpty();
    assertThat(stoker.detail(target)).contains("a recording of 0 s", "jdk.ExecutionSample#period");
  }

  @Test
  void leftoversOfAnEarlierLife_areSwept_andNobodyElsesAre() {
    host.add("stoker-" + SourceHarness.INSTANCE + "-before-1");
    host.add("stoker-ffffffffffff-life-1");
    host.add("somebody's");
    Target target = target(TIMEOUT, 0);
    stoker.body(target);
    stoker.leave(target);
    assertThat(host.recordings.values())
        .containsExactlyInAnyOrder("stoker-ffffffffffff-life-1", "somebody's");
  }

  @Test
  void cutScrape_deletesItsRecording() {
    Target target = target(TIMEOUT, 3_600);
    Scraper.InFlight started = stoker.start(target);
    await().until(() -> !host.recordings.isEmpty());
    ScrapeResult.Failed cut = (ScrapeResult.Failed) stoker.cancel(started);
    assertThat(cut.outcome()).isEqualTo(Outcome.CANCELLED);
    await()
        .untilAsserted(
            () -> {
              stoker.leave(target);
              assertThat(host.recordings).isEmpty();
            });
  }

  @Test
  void fetchThatTakesTooLong_deletesItsRecording() {
    host.stallFetch = true;
    Target target = target(Duration.ofMillis(1_500), 0);
    ScrapeResult.Failed late = stoker.failure(target);
    assertThat(late.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(late.message()).contains("1500 ms", "scrape_timeout");
    stoker.leave(target);
    assertThat(host.recordings).isEmpty();
    assertThat(stoker.used()).isZero();
  }

  @Test
  void recordingWhoseIdWasLost_isFoundByItsName() {
    host.loseStart = true;
    Target target = target(TIMEOUT, 0);
    assertThat(stoker.failure(target).outcome()).isEqualTo(Outcome.UNREACHABLE);
    int lost = host.recordings.size();
    assertThat(lost).isPositive();
    host.loseStart = false;
    stoker.body(target);
    stoker.leave(target);
    assertThat(host.recordings).isEmpty();
  }

  @Test
  void secondStoker_leavesTheFirstOnesRecordingAlone() {
    Target target = target(TIMEOUT, 3_600);
    Scraper.InFlight running = stoker.start(target);
    await().until(() -> !host.recordings.isEmpty());
    host.add("stoker-aaaaaaaaaaaa-other-1");
    Target manual = target(TIMEOUT, 0);
    stoker.body(manual);
    stoker.leave(manual);
    assertThat(host.recordings).hasSize(2);
    stoker.cancel(running);
  }

  @Test
  void refusals_sayWhatToDo() {
    Target target = target(TIMEOUT, 0);
    host.refuse = 404;
    assertThat(stoker.failure(target).message()).contains("flight-recorder-starter");
    assertThat(stoker.failure(target).outcome()).isEqualTo(Outcome.NOT_FOUND);
    host.refuse = 403;
    assertThat(stoker.failure(target).message()).contains("403", "credentials", "forged");
    host.refuse = 500;
    assertThat(stoker.failure(target).message()).contains("500", "{\"error\":\"no\"}");
  }
}
