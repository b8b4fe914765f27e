package dev.stoker.scrape.source.jolokia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.jvm.convert.RecordingBody;
import dev.stoker.jvm.convert.RecordingOptions;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.source.SourceHarness;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JolokiaScraperTest {
  private static final String OTHER = "ffffffffffff";

  private final FakeJolokia host = new FakeJolokia();
  private final Source.Jolokia source = new Source.Jolokia("/jolokia", "", Map.of());
  private final SourceHarness stoker = harness(SourceHarness.INSTANCE, "life", source);
  private final Target target = target(Duration.ofSeconds(4));

  /** The first recording of a JVM takes its time. */
  @BeforeAll
  static void warmUp() throws IOException {
    FakeJolokia.JFR.closeRecording(begin("somebody's"));
  }

  @AfterEach
  void close() {
    host.goOn.countDown();
    stoker.close();
    host.close();
    FakeJolokia.closeAll();
  }

  private static SourceHarness harness(String instance, String life, Source.Jolokia source) {
    return new SourceHarness(
        instance,
        life,
        parts ->
            new JolokiaScraper(
                source,
                new JolokiaScraper.Tools(
                    parts.timers(), parts.budget(), parts.calls(), parts.names())));
  }

  private Target target(Duration timeout) {
    return SourceHarness.target(source, host.address(), timeout, 0);
  }

  @Test
  void scrapes_bringEachChunkOnce_andOneRecordingRuns() throws Exception {
    List<Long> first = starts(stoker.body(target));
    awaitRecordings("stoker-0123456789ab-life-1");
    assertThat(stoker.detail(target)).contains("stoker-0123456789ab-life-1", "Stoker's choice");
    byte[] second = stoker.body(target);
    byte[] third = stoker.body(target);
    assertThat(starts(second)).doesNotContainAnyElementsOf(first).hasSize(1);
    assertThat(starts(third)).doesNotContainAnyElementsOf(starts(second)).hasSize(1);
    // One begins where the one before has ended.
    assertThat(starts(third).get(0)).isCloseTo(end(second), within(1_000_000_000L));
    assertThat(FakeJolokia.JFR.getRecordings())
        .filteredOn(info -> info.getName().equals("stoker-0123456789ab-life-1"))
        .singleElement()
        .satisfies(info -> assertThat(info.getState()).isEqualTo("RUNNING"))
        .satisfies(info -> assertThat(info.getDuration()).isEqualTo(7_200));
    stoker.leave(target);
    assertThat(FakeJolokia.recordings()).isEmpty();
    assertThat(stoker.used()).isZero();
  }

  @Test
  void recording_holdsProfiles() throws Exception {
    Thread work = new Thread(JolokiaScraperTest::work);
    work.setDaemon(true);
    work.start();
    byte[] body = stoker.body(target(Duration.ofSeconds(6)));
    work.interrupt();
    RecordingBody.Result result =
        RecordingBody.convert(
            body,
            0,
            start -> true,
            RecordingOptions.DEFAULT,
            System.currentTimeMillis() * 1_000_000);
    assertThat(result.profiles()).extracting(ConvertedProfile::name).contains("process_cpu");
  }

  @Test
  void leftoversOfAnEarlierLife_areSwept_andNobodyElsesAre() throws Exception {
    begin("stoker-" + SourceHarness.INSTANCE + "-before-1");
    long old = begin("stoker-" + SourceHarness.INSTANCE + "-before-2");
    FakeJolokia.JFR.cloneRecording(old, true);
    begin("stoker-" + OTHER + "-life-1");
    begin("somebody's");
    stoker.body(target);
    awaitRecordings("stoker-" + OTHER + "-life-1", "somebody's", "stoker-0123456789ab-life-1");
  }

  @Test
  void twoStokers_doNotTouchEachOther() {
    try (SourceHarness other = harness(OTHER, "life", source)) {
      stoker.body(target);
      other.body(target);
      stoker.body(target);
      awaitRecordings("stoker-0123456789ab-life-1", "stoker-" + OTHER + "-life-1");
      other.leave(target);
      awaitRecordings("stoker-0123456789ab-life-1");
      stoker.body(target);
    }
  }

  @Test
  void recordingThatIsGone_isBegunAnew_whateverHasItsNumberNow() throws Exception {
    stoker.body(target);
    closeNamed("stoker-0123456789ab-life-1");
    begin("somebody's");
    assertThat(starts(stoker.body(target))).isNotEmpty();
    awaitRecordings("stoker-0123456789ab-life-2", "somebody's");
  }

  @Test
  void scrapeNow_leavesNothing_andTheLoopMissesNothing() throws Exception {
    long end = end(stoker.body(target));
    assertThat(stoker.scrapeOnce(target)).isInstanceOf(ScrapeResult.Fetched.class);
    awaitRecordings("stoker-0123456789ab-life-1");
    assertThat(starts(stoker.body(target)).get(0)).isCloseTo(end, within(1_000_000_000L));
  }

  @Test
  void cutScrape_closesItsClone_andTheNextReadsOn() throws Exception {
    long end = end(stoker.body(target));
    host.stall = "readStream";
    Scraper.InFlight running = stoker.start(target);
    await()
        .untilAsserted(
            () ->
                assertThat(FakeJolokia.recordings())
                    .contains("Clone of stoker-0123456789ab-life-1"));
    stoker.cancel(running);
    awaitRecordings("stoker-0123456789ab-life-1");
    host.stall = "";
    host.goOn.countDown();
    assertThat(starts(stoker.body(target)).get(0)).isCloseTo(end, within(1_000_000_000L));
  }

  @Test
  void lostAnswers_leaveNothing() {
    stoker.body(target);
    host.lose = "cloneRecording";
    assertThat(stoker.failure(target).outcome()).isEqualTo(Outcome.UNREACHABLE);
    assertThat(FakeJolokia.recordings()).contains("Clone of stoker-0123456789ab-life-1");
    host.lose = "";
    stoker.body(target);
    awaitRecordings("stoker-0123456789ab-life-1");
  }

  @Test
  void timeout_isNamed_andTheCloneIsClosed() {
    stoker.body(target);
    host.stall = "readStream";
    ScrapeResult.Failed late = stoker.failure(target);
    assertThat(late.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(late.message()).contains("4000 ms", "reading the recording");
    awaitRecordings("stoker-0123456789ab-life-1");
    assertThat(stoker.used()).isZero();
  }

  @Test
  void configurationOfTheJdk_withSettingsOverIt() throws Exception {
    Source.Jolokia own =
        new Source.Jolokia("/jolokia", "profile", Map.of("jdk.ThreadPark#threshold", "77 ms"));
    try (SourceHarness third = harness("aaaaaaaaaaaa", "life", own)) {
      third.body(target);
      assertThat(FakeJolokia.JFR.getRecordings())
          .filteredOn(info -> info.getName().equals("stoker-aaaaaaaaaaaa-life-1"))
          .singleElement()
          .satisfies(
              info ->
                  assertThat(info.getSettings())
                      .containsEntry("jdk.ThreadPark#threshold", "77 ms")
                      .containsEntry("jdk.GarbageCollection#enabled", "true"));
    }
  }

  @Test
  void refusals_sayWhatToDo() {
    host.refuse = 401;
    assertThat(stoker.failure(target).message()).contains("401", "credentials");
    host.refuse = 403;
    assertThat(stoker.failure(target).message()).contains("policy", "jdk.management.jfr");
    host.refuse = 404;
    assertThat(stoker.failure(target).outcome()).isEqualTo(Outcome.NOT_FOUND);
    host.refuse = 0;
    host.instead = "<html>hello";
    assertThat(stoker.failure(target).message()).contains("not Jolokia's", "<html>hello");
    host.instead =
        "[{\"error_type\":\"javax.management.InstanceNotFoundException\",\"error\":\"No MBean\","
            + "\"status\":404}]";
    assertThat(stoker.failure(target).message()).contains("JDK 11", "jdk.management.jfr");
    host.instead =
        "{\"error_type\":\"java.lang.SecurityException\",\"error\":\"denied\",\"status\":403}";
    assertThat(stoker.failure(target).message()).contains("policy");
  }

  private static long begin(String name) {
    long id = FakeJolokia.JFR.newRecording();
    FakeJolokia.JFR.setRecordingOptions(id, Map.of("name", name));
    FakeJolokia.JFR.startRecording(id);
    return id;
  }

  private static void closeNamed(String name) throws IOException {
    for (var info : FakeJolokia.JFR.getRecordings()) {
      if (info.getName().equals(name)) {
        FakeJolokia.JFR.closeRecording(info.getId());
      }
    }
  }

  private static void awaitRecordings(String... names) {
    await()
        .untilAsserted(() -> assertThat(FakeJolokia.recordings()).containsExactlyInAnyOrder(names));
  }

  private static List<Long> starts(byte[] body) {
    List<Long> starts = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(body);
    for (int at = 0; at < body.length; at += (int) bytes.getLong(at + 8)) {
      starts.add(bytes.getLong(at + 32));
    }
    return starts;
  }

  private static long end(byte[] body) {
    ByteBuffer bytes = ByteBuffer.wrap(body);
    long end = 0;
    for (int at = 0; at < body.length; at += (int) bytes.getLong(at + 8)) {
      end = bytes.getLong(at + 32) + bytes.getLong(at + 40);
    }
    return end;
  }

  private static org.assertj.core.data.Offset<Long> within(long nanos) {
    return org.assertj.core.data.Offset.offset(nanos);
  }

  private static void work() {
    long hash = 1;
    while (!Thread.interrupted()) {
      hash = hash * 31 + System.nanoTime();
      if (hash == 42) {
        return;
      }
    }
  }

  @Test
  void emptyBlocksForEver_endAtOnce_andHoldNothing() {
    host.emptyBlocks = true;
    ScrapeResult.Failed failed = stoker.failure(target);
    assertThat(failed.outcome()).isEqualTo(Outcome.MALFORMED);
    assertThat(failed.message()).contains("empty blocks").doesNotContain("scrape_timeout");
    stoker.leave(target);
    assertThat(stoker.used()).isZero();
  }
}
