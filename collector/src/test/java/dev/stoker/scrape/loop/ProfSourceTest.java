package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.jvm.convert.TestRecordings;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.source.prof.ProfScraper;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.transform.NamedBody;
import dev.stoker.scrape.transform.Transforms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** async-profiler behind HTTP, as Hadoop and HBase have it, and as ap-agent does. */
class ProfSourceTest {
  private static final Source.Prof JFR = new Source.Prof("/prof", "cpu", "jfr", 0);
  private static final Source.Prof COLLAPSED =
      new Source.Prof("/prof", "cpu", "collapsed", 5_000_000);
  private static final byte[] STACKS =
      "app/Main.main;app/Main.work 70\napp/Main.main 30\n".getBytes(StandardCharsets.UTF_8);

  private final List<String> paths = new CopyOnWriteArrayList<>();

  /** The servlet answers 202, the file is not there at first, then it is. */
  @Test
  void startedProfile_isFetchedWhereTheRefreshHeaderSays() throws Exception {
    try (FakeTarget target =
            new FakeTarget(
                (path, out) -> {
                  paths.add(path);
                  if (path.startsWith("/prof?")) {
                    http("202 Accepted", "1;/prof-output-hbase/cpu-1.collapsed", "Started [cpu]")
                        .write(path, out);
                  } else if (paths.size() == 2) {
                    http("200 OK", "1;/prof-output-hbase/cpu-1.collapsed", "will be refreshed")
                        .write(path, out);
                  } else {
                    FakeTarget.http("200 OK", "", STACKS).write(path, out);
                  }
                });
        ScrapeHarness harness = scrape(target, COLLAPSED, Duration.ofSeconds(2))) {
      await().until(() -> !harness.appended.isEmpty());
      assertThat(harness.appended.get(0).labels().get("__name__")).isEqualTo("process_cpu");
      assertThat(paths.get(0))
          .isEqualTo("/prof?duration=1&event=cpu&interval=5000000&output=collapsed");
      assertThat(paths.get(1)).isEqualTo("/prof-output-hbase/cpu-1.collapsed");
      await().until(() -> harness.view(target.address()).status().health() == Health.UP);
    }
  }

  @Test
  void directAnswer_isTheProfile() throws Exception {
    byte[] recording = TestRecordings.make(1);
    try (FakeTarget target = new FakeTarget(FakeTarget.http("200 OK", "", recording));
        ScrapeHarness harness = scrape(target, JFR, Duration.ofSeconds(2))) {
      await().until(() -> harness.appended.size() >= 2);
      assertThat(harness.appended)
          .extracting(profile -> profile.labels().get("__name__"))
          .contains("process_cpu", "memory");
    }
  }

  @Test
  void profilerInUse_isBusy_notDown() throws Exception {
    byte[] text =
        "Another instance of profiler is already running.".getBytes(StandardCharsets.UTF_8);
    try (FakeTarget target =
            new FakeTarget(FakeTarget.http("500 Internal Server Error", "", text));
        ScrapeHarness harness = scrape(target, JFR, Duration.ofSeconds(2))) {
      await().until(() -> harness.view(target.address()).status().health() == Health.BUSY);
    }
  }

  @Test
  void refresh_isWaitedFor_withinTheDeadline() {
    ManualTimers timers = new ManualTimers(1_700_000_000_000L);
    List<URI> asked = new ArrayList<>();
    List<Promise<ScrapeResult>> answers = new ArrayList<>();
    Scraper.InFlight fetch = fetch(timers, asked, answers);

    answers.get(0).complete(new ScrapeResult.Fetched(new byte[0], "14;/out/x.jfr"));
    timers.advance(13_999);
    assertThat(asked).hasSize(1);
    timers.advance(1);
    assertThat(asked).hasSize(2);
    assertThat(asked.get(1)).hasToString("http://a:1/out/x.jfr");
    answers.get(1).complete(new ScrapeResult.Fetched(new byte[0], "0; URL='/out/x.jfr?again'"));
    timers.advance(249);
    assertThat(asked).as("0 is no reason to hurry").hasSize(2);
    timers.advance(1);
    assertThat(asked.get(2)).hasToString("http://a:1/out/x.jfr?again");
    assertThat(fetch.result().isComplete()).isFalse();
    answers.get(2).complete(new ScrapeResult.Fetched(STACKS));
    assertThat(((ScrapeResult.Fetched) fetch.result().result()).body()).isSameAs(STACKS);
    assertThat(((ScrapeResult.Fetched) fetch.result().result()).refresh()).isNull();
    assertThat(timers.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "",
        "soon;/x",
        "5;",
        "5;ftp://a:1/x",
        "5;http://other:1/x",
        "5;//other/x",
        "5;http://a:2/x",
        "24;/x"
      })
  void refreshThatCannotBeFollowed_isAReason(String refresh) {
    ManualTimers timers = new ManualTimers(1_700_000_000_000L);
    List<URI> asked = new ArrayList<>();
    List<Promise<ScrapeResult>> answers = new ArrayList<>();
    Scraper.InFlight fetch = fetch(timers, asked, answers);
    answers.get(0).complete(new ScrapeResult.Fetched(new byte[0], refresh));
    assertThat(((ScrapeResult.Failed) fetch.result().result()).message())
        .contains("Refresh")
        .contains(refresh);
    timers.advance(60_000);
    assertThat(asked).as("credentials go nowhere else").hasSize(1);
  }

  @Test
  void cancel_endsTheWait() {
    ManualTimers timers = new ManualTimers(1_700_000_000_000L);
    List<URI> asked = new ArrayList<>();
    List<Promise<ScrapeResult>> answers = new ArrayList<>();
    Scraper.InFlight fetch = fetch(timers, asked, answers);
    answers.get(0).complete(new ScrapeResult.Fetched(new byte[0], "5;/x"));
    fetch.cancel();
    timers.advance(60_000);
    assertThat(asked).hasSize(1);
    assertThat(((ScrapeResult.Failed) fetch.result().result()).outcome())
        .isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void bodies_areToldByTheirBytes() throws Exception {
    assertThat(profiles(COLLAPSED, STACKS)).containsExactly("process_cpu");
    assertThat(profiles(new Source.Prof("/prof", "wall", "collapsed", 0), STACKS))
        .containsExactly("wall");
    assertThat(profiles(COLLAPSED, new byte[0])).as("an idle program").isEmpty();
    assertThat(profiles(COLLAPSED, TestRecordings.make(1))).contains("process_cpu");

    refused(COLLAPSED, "No such process\n", "line 1 is no collapsed stack", "No such process");
    refused(COLLAPSED, "a;b 1\na;b\n", "line 2 is no collapsed stack");
    refused(JFR, "<!DOCTYPE html>\n<html>", "ask for jfr or collapsed");
    refused(JFR, "Profiler is starting", "");
    refused(JFR, "{\"error\": \"no\"}", "JSON");
    refused(
        new Source.Prof("/prof", "alloc", "collapsed", 0), "a;b 1\n", "do not say what they count");
  }

  @Test
  void oneProfileAtATimeOfAProcess() {
    assertThat(target(JFR).usesCpuProfiler()).isTrue();
    assertThat(target(JFR).plan().seconds()).isEqualTo(14);
    assertThat(target(JFR).plan().deadlineMillis()).isEqualTo(24_000);
  }

  private static Scraper.InFlight fetch(
      ManualTimers timers, List<URI> asked, List<Promise<ScrapeResult>> answers) {
    Scraper http =
        target -> {
          asked.add(target.url());
          Promise<ScrapeResult> answer = Promise.promise();
          answers.add(answer);
          return new InFlightOf(answer);
        };
    return new ProfScraper(http, timers).scrape(target(JFR));
  }

  private record InFlightOf(Promise<ScrapeResult> answer) implements Scraper.InFlight {
    @Override
    public Future<ScrapeResult> result() {
      return answer.future();
    }

    @Override
    public void cancel() {
      answer.tryComplete(new ScrapeResult.Failed(Outcome.CANCELLED, "cancelled"));
    }

    @Override
    public void release() {}
  }

  private static FakeTarget.Answer http(String status, String refresh, String text) {
    return FakeTarget.http(
        status, "Refresh: " + refresh + "\r\n", text.getBytes(StandardCharsets.UTF_8));
  }

  private static Target target(Source source) {
    return new TargetFactory(Configs.source(source, Duration.ofSeconds(15)))
        .create(List.of(Labels.of("__address__", "a:1")))
        .active()
        .get(0);
  }

  private static List<String> profiles(Source source, byte[] body) throws Exception {
    return Transforms.profiles(target(source), body, 1 << 20, System.currentTimeMillis()).stream()
        .map(NamedBody::name)
        .toList();
  }

  private static void refused(Source source, String body, String... reasons) {
    assertThatThrownBy(() -> profiles(source, body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedProfileException.class)
        .message()
        .isNotBlank()
        .contains(reasons);
  }

  private static ScrapeHarness scrape(FakeTarget target, Source source, Duration interval) {
    return new ScrapeHarness(
        Configs.source(source, interval),
        (http, timers, cpu) -> new ProfScraper(http, timers),
        Labels.of("__address__", target.address(), "service_name", "jvm"));
  }
}
