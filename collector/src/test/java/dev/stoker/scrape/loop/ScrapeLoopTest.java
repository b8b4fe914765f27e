package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.Profile;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.schedule.LastScrapeSlots;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.transform.NamedBody;
import dev.stoker.scrape.transform.ProfileTransform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeLoopTest {
  private static final long INTERVAL = 15_000;
  private static final byte[] BODY = {1, 2, 3};

  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final List<Fetch> fetches = new ArrayList<>();
  private final List<Profile> appended = new ArrayList<>();
  private final List<Boolean> settled = new ArrayList<>();
  private final ProcessGates gate = new ProcessGates(timers);
  private ScrapeSlots slots = ScrapeSlots.unbounded();
  private final Verdicts verdicts = new Verdicts();
  private final PushedProfiles pushed = new PushedProfiles();
  private boolean accept = true;
  private boolean malformed;
  private boolean failInPlace;
  private @Nullable List<NamedBody> parts;
  private @Nullable Consumer<String> breaking;
  private int closed;
  private int interrupted;
  private int turnsEnded;
  private ComponentBooks books =
      new ComponentBooks(new SimpleMeterRegistry(), "none", ComponentBooks.Entry.SCRAPED);

  @Test
  void firstScrape_isWithinOneInterval_thenOnEveryTick() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(1);
    last().answer(new ScrapeResult.Fetched(BODY));
    timers.advance(3 * INTERVAL);
    assertThat(fetches).hasSize(2);
    last().answer(new ScrapeResult.Fetched(BODY));
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(3);
    assertThat(loop.status().counts().scrapes()).isEqualTo(2);
  }

  @Test
  void tickDuringAScrape_isSkippedAndCounted() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(4 * INTERVAL);
    assertThat(fetches).hasSize(1);
    assertThat(loop.status().counts().skipped()).isEqualTo(3);
    last().answer(new ScrapeResult.Fetched(BODY));
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(2);
    assertThat(loop.status().counts().skipped()).isEqualTo(3);
  }

  @Test
  void timedProfileThatIsLate_isFollowedAtOnce_andItsTickIsNotMissed() {
    ScrapeLoop loop = start(Configs.CPU, "a:1");
    timers.advance(2 * INTERVAL);
    assertThat(fetches).hasSize(1);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(fetches).as("the next one begins with no tick").hasSize(2);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(fetches).as("it is back in its phase").hasSize(2);
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(3);
    assertThat(loop.status().counts().skipped()).isZero();
  }

  @Test
  void timedProfileThatIsLate_owesOneScrapeAtMost_andNoneWhenItFailsOrStops() {
    ScrapeLoop loop = start(Configs.CPU, "a:1");
    timers.advance(3 * INTERVAL);
    assertThat(loop.status().counts().skipped()).isEqualTo(1);
    last().answer(new ScrapeResult.Failed(Outcome.TIMEOUT, "no answer"));
    assertThat(fetches).hasSize(1);
    assertThat(loop.status().counts().skipped()).isEqualTo(2);
    timers.advance(2 * INTERVAL);
    assertThat(fetches).hasSize(2);
    Future<Void> stopped = loop.stop(false);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(stopped.succeeded()).isTrue();
    assertThat(fetches).hasSize(2);
  }

  /** Looking for leaks runs a garbage collection in the target. */
  @Test
  void leakedGoroutines_areNeverScrapedWithinASecondOfTheHeap_whateverThePhases() {
    long closest = Long.MAX_VALUE;
    for (int i = 0; i < 40; i++) {
      String address = "leaks-" + i + ":1";
      ScrapeLoop heap = start(Configs.MEMORY, address);
      ScrapeLoop leaks = start(Configs.type("goroutine_leak"), address);
      List<Span> spans = answerEachAfter(300, 4 * INTERVAL);
      for (Span one : spans) {
        for (Span other : spans) {
          if (one.begin() <= other.begin() && !one.type().equals(other.type())) {
            closest = Math.min(closest, other.begin() - one.end());
          }
        }
      }
      assertThat(heap.status().counts().scrapes()).as(address).isBetween(3L, 4L);
      assertThat(leaks.status().counts().scrapes()).as(address).isBetween(3L, 4L);
      heap.stop(true);
      leaks.stop(true);
    }
    assertThat(closest).as("ms; some phases are closer").isBetween(1_000L, 1_050L);
  }

  private record Span(String type, long begin, long end) {}

  /** Answers each fetch some milliseconds after it has begun. */
  private List<Span> answerEachAfter(long millis, long forMillis) {
    List<Span> spans = new ArrayList<>();
    fetches.clear();
    for (long now = 0; now < forMillis; now += 50) {
      timers.advance(50);
      while (spans.size() < fetches.size()) {
        String type = fetches.get(spans.size()).target.type().key();
        spans.add(new Span(type, timers.wallMillis(), timers.wallMillis() + millis));
      }
      for (int i = 0; i < spans.size(); i++) {
        Fetch fetch = fetches.get(i);
        if (!fetch.result().isComplete() && spans.get(i).end() <= timers.wallMillis()) {
          fetch.answer(new ScrapeResult.Fetched(BODY));
        }
      }
    }
    return spans;
  }

  @Test
  void profileThatIsPushedToo_isNotScraped_andItsTicksAreNotMissed() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    push(loop, "memory");
    timers.advance(INTERVAL);
    assertThat(fetches).isEmpty();
    assertThat(loop.alsoPushed()).isTrue();
    assertThat(loop.detail().paused()).contains("pushed");
    timers.advance(3 * INTERVAL);
    assertThat(fetches).hasSize(1);
    assertThat(loop.alsoPushed()).isFalse();
    assertThat(loop.status().counts().skipped()).isEqualTo(1);
  }

  @Test
  void timedProfileThatIsLate_isNotFollowed_whenItIsPushedMeanwhile() {
    ScrapeLoop loop = start(Configs.CPU, "a:1");
    timers.advance(2 * INTERVAL);
    push(loop, "process_cpu");
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(fetches).hasSize(1);
    assertThat(loop.alsoPushed()).isTrue();
    assertThat(loop.status().counts().skipped()).isZero();
  }

  @Test
  void turnThatEnds_isScrapedOnceMore_ofCumulativeProfiles_andTheBaselineIsNotKept() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    Future<Void> over = loop.endTurn(new LastScrapeSlots(1));
    assertThat(turnsEnded).isEqualTo(1);
    assertThat(fetches).hasSize(2);
    assertThat(over.isComplete()).isFalse();
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(over.succeeded()).isTrue();
    assertThat(appended).hasSize(2);
    assertThat(closed).isEqualTo(1);

    ScrapeLoop timed = start(Configs.CPU, "a:1");
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(3);
    assertThat(timed.endTurn(new LastScrapeSlots(1)).succeeded())
        .as("a profile that takes seconds is cut")
        .isTrue();
  }

  @Test
  void loopWhoseProfileIsPushed_makesNoLastScrape_andItsBaselineIsLost() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    push(loop, "memory");
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(1);
    assertThat(interrupted).isEqualTo(1);
    Future<Void> over = loop.stopAfterLastScrape(new LastScrapeSlots(1));
    assertThat(over.succeeded()).isTrue();
    assertThat(fetches).hasSize(1);
  }

  @Test
  void pushedProfileOfARecording_isLeftOut_andTheBooksBalance() {
    parts = List.of(new NamedBody("process_cpu", BODY), new NamedBody("wall", BODY));
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    push(loop, "wall");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended).hasSize(1);
    assertThat(settled).containsExactly(true);
    assertThat(books.snapshot().left())
        .containsEntry(ComponentBooks.Outcome.RULED_OUT, 1L)
        .containsEntry(ComponentBooks.Outcome.OFFERED, 1L);
    assertThat(books.snapshot().underWay()).isZero();
  }

  private void push(ScrapeLoop loop, String name) {
    pushed.pushed(
        loop.target().labels().toBuilder()
            .set("__name__", name)
            .set("__peer_address__", "a")
            .build(),
        timers.wallMillis());
  }

  @Test
  void profile_carriesLabelsBodyAndTime() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    timers.advance(20);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended)
        .singleElement()
        .satisfies(
            profile -> {
              assertThat(profile.labels().get("__name__")).isEqualTo("memory");
              assertThat(profile.body()).isSameAs(BODY);
              assertThat(profile.scrapedAtMillis()).isEqualTo(timers.wallMillis());
            });
    assertThat(loop.status().health()).isEqualTo(Health.UP);
    assertThat(loop.status().lastBytes()).isEqualTo(3);
    assertThat(last().released).isTrue();
    assertThat(settled).containsExactly(true);
  }

  @Test
  void refusedByAll_doesNotMoveTheBaseline_andTheTargetIsUp() {
    accept = false;
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(settled).containsExactly(false);
    assertThat(loop.status().health()).isEqualTo(Health.UP);
  }

  @Test
  void failureThenSuccess_clearsTheError() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Failed(Outcome.HTTP, "HTTP status 500"));
    assertThat(loop.status().health()).isEqualTo(Health.DOWN);
    assertThat(loop.status().lastError()).isEqualTo("HTTP status 500");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(loop.status().health()).isEqualTo(Health.UP);
    assertThat(loop.status().lastError()).isNull();
    assertThat(loop.status().counts().failures()).isEqualTo(1);
  }

  @Test
  void malformedBody_isAFailureWithItsReason() {
    malformed = true;
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(loop.status().lastError()).isEqualTo("not a profile");
    assertThat(appended).isEmpty();
    assertThat(last().released).isTrue();
  }

  @Test
  void busy_isNoFailure() {
    ScrapeLoop loop = start(Configs.CPU, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Failed(Outcome.BUSY, "in use"));
    assertThat(loop.status().health()).isEqualTo(Health.BUSY);
    assertThat(loop.status().counts().failures()).isZero();
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(2);
  }

  @Test
  void cpuProfilesOfOneProcess_takeTurns() {
    start(Configs.CPU, "a:1");
    start(Configs.CPU, "a:1");
    start(Configs.CPU, "b:1");
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(2);
    Fetch first =
        fetches.stream().filter(f -> f.target.process().endsWith("a:1")).findFirst().orElseThrow();
    first.answer(new ScrapeResult.Fetched(BODY));
    assertThat(fetches).hasSize(3);
  }

  @Test
  void stop_waitsForTheRunningScrape_andNoTickFollows() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    Future<Void> stopped = loop.stop(false);
    assertThat(stopped.isComplete()).isFalse();
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(stopped.succeeded()).isTrue();
    assertThat(appended).hasSize(1);
    timers.advance(10 * INTERVAL);
    assertThat(fetches).hasSize(1);
    assertThat(timers.pending()).isZero();
    assertThat(loop.nextScrape()).isNull();
  }

  @Test
  void stopNow_cutsARunningScrape_andOneThatWaitsForTheProfiler() {
    ScrapeLoop running = start(Configs.CPU, "a:1");
    ScrapeLoop waiting = start(Configs.CPU, "a:1");
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(1);
    assertThat(waiting.stop(true).succeeded()).isTrue();
    assertThat(running.stop(false).succeeded()).isFalse();
    assertThat(running.stop(true).succeeded()).isTrue();
    assertThat(appended).isEmpty();
  }

  @Test
  void withoutASlot_aScrapeEndsAtItsNextTick_andTheNextOneHasItsPlace() {
    slots = new ScrapeSlots(2);
    List<ScrapeLoop> loops = new ArrayList<>();
    for (String address : List.of("a:1", "b:1", "c:1", "d:1")) {
      loops.add(start(Configs.MEMORY, address));
    }
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(2);
    List<String> running = fetches.stream().map(fetch -> fetch.target.key()).toList();
    List<ScrapeLoop> waiting =
        loops.stream().filter(loop -> !running.contains(loop.target().key())).toList();
    assertThat(waiting).allMatch(loop -> loop.status().lastError() == null);

    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(2);
    for (ScrapeLoop loop : waiting) {
      assertThat(loop.status().health())
          .as("it says nothing about the target")
          .isEqualTo(Health.UNKNOWN);
      assertThat(loop.status().lastError())
          .startsWith(
              "it waited for its turn until its next tick, because 2 scrapes are under way");
      assertThat(loop.status().counts().skipped()).isZero();
      assertThat(loop.status().counts().scrapes()).isEqualTo(1);
    }

    // Those that run have a slot until they end; then those that wait come first.
    fetches.get(0).answer(new ScrapeResult.Fetched(BODY));
    fetches.get(1).answer(new ScrapeResult.Fetched(BODY));
    assertThat(fetches.stream().skip(2).map(fetch -> fetch.target.key()))
        .containsExactlyInAnyOrderElementsOf(
            waiting.stream().map(loop -> loop.target().key()).toList());
    fetches.get(2).answer(new ScrapeResult.Fetched(BODY));
    fetches.get(3).answer(new ScrapeResult.Failed(Outcome.TIMEOUT, "silent"));
    timers.advance(INTERVAL);
    assertThat(fetches).as("no slot is lost").hasSizeGreaterThanOrEqualTo(6);
  }

  @Test
  void withoutASlot_aTimedProfileIsScraped_andAStopWaitsForNothing() {
    slots = new ScrapeSlots(2);
    start(Configs.MEMORY, "a:1");
    start(Configs.MEMORY, "b:1");
    ScrapeLoop third = start(Configs.MEMORY, "c:1");
    ScrapeLoop fourth = start(Configs.MEMORY, "d:1");
    start(Configs.CPU, "e:1");
    timers.advance(2 * INTERVAL);
    assertThat(fetches).hasSize(3);
    assertThat(fetches.stream().map(fetch -> fetch.target.type().key())).contains("process_cpu");
    assertThat(third.stop(true).isComplete() && fourth.stop(true).isComplete()).isTrue();
  }

  @Test
  void wallClockSetBack_doesNotStopScraping() {
    start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    timers.jumpWallClock(-3_600_000);
    timers.advance(2 * INTERVAL);
    assertThat(fetches.size()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void wallClockSetForward_isNoSkippedTick() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    timers.jumpWallClock(3_600_000);
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(3);
    assertThat(loop.status().counts().skipped()).isZero();
  }

  @Test
  void labelChange_holdsFromTheNextProfile() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    loop.update(target(Configs.MEMORY, Labels.of("__address__", "a:1", "team", "new")));
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended.get(0).labels().get("team")).isEqualTo("new");
  }

  @Test
  void bodyOfSeveralProfiles_isHandedOnUnderTheirNames_andIsSettledOnce() {
    parts = List.of(new NamedBody("process_cpu", BODY), new NamedBody(null, BODY));
    start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended)
        .extracting(profile -> profile.labels().get("__name__"))
        .containsExactly("process_cpu", "memory");
    assertThat(settled).containsExactly(true);
  }

  @Test
  void bodyOfNoProfile_isASuccess() {
    parts = List.of();
    accept = false;
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended).isEmpty();
    assertThat(settled).containsExactly(true);
    assertThat(loop.status().health()).isEqualTo(Health.UP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"apply", "append", "settle", "failed"})
  void anErrorAtAnyStep_endsTheRunAndIsCounted_andTheLoopGoesOn(String step) {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    breakAt(step);
    timers.advance(INTERVAL);
    last()
        .answer(
            step.equals("failed")
                ? new ScrapeResult.Failed(Outcome.HTTP, "HTTP status 500")
                : new ScrapeResult.Fetched(BODY));
    assertThat(last().released || step.equals("failed")).isTrue();
    assertThat(loop.status().health()).isEqualTo(Health.DOWN);
    assertThat(loop.status().lastError()).contains("internal error", "StackOverflowError");
    assertThat(books.recentBug(timers.nanoTime(), 1)).contains("StackOverflowError");

    breaking = null;
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(loop.status().health()).isEqualTo(Health.UP);
    assertThat(fetches).hasSize(2);
    Map<ComponentBooks.Outcome, Long> left = books.snapshot().left();
    assertThat(left.get(ComponentBooks.Outcome.FAILED))
        .isEqualTo(step.equals("apply") || step.equals("append") ? 1 : 0);
    assertThat(books.snapshot().underWay()).isZero();
  }

  @Test
  void aFetchThatNeverEnds_isGivenUp_andTheLoopGoesOn() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    last().deaf = true;
    timers.advance(6 * INTERVAL);
    assertThat(fetches).hasSize(2);
    assertThat(loop.status().lastError()).contains("has not ended by its deadline");

    fetches.get(0).answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended).isEmpty();
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended).hasSize(1);
    assertThat(loop.status().health()).isEqualTo(Health.UP);
  }

  @Test
  void aBody_isNotHeldByItsFetch_onceItIsHandedOn() {
    start(Configs.MEMORY, "a:1");
    timers.advance(INTERVAL);
    ScrapeResult.Fetched fetched = new ScrapeResult.Fetched(BODY);
    last().answer(fetched);
    assertThat(appended.get(0).body()).isSameAs(BODY);
    assertThat(fetched.body()).isEmpty();
  }

  @Test
  void aFetchThatFailsInPlace_leavesTheProfilerToTheNext() {
    failInPlace = true;
    start(Configs.CPU, "a:1");
    timers.advance(INTERVAL);
    failInPlace = false;
    timers.advance(INTERVAL);
    assertThat(fetches).hasSize(2);
    last().answer(new ScrapeResult.Fetched(BODY));
    assertThat(appended).hasSize(1);
  }

  @Test
  void anErrorWhenALoopIsClosed_doesNotKeepTheStopFromEnding() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    breakAt("close");
    assertThat(loop.stop(true).isComplete()).isTrue();
  }

  @Test
  void everyProfileThatWasScraped_leavesByOneOutcome() {
    start(Configs.MEMORY, "a:1");
    scrapeOnce(null, true, false);
    scrapeOnce(List.of(), true, false);
    scrapeOnce(null, false, false);
    scrapeOnce(null, true, true);
    scrapeOnce(List.of(new NamedBody("a", BODY), new NamedBody("b", BODY)), true, false);
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Failed(Outcome.HTTP, "no body: a failure, and no profile"));

    ComponentBooks.Snapshot now = books.snapshot();
    assertThat(now.came()).isEqualTo(6);
    assertThat(now.left())
        .containsEntry(ComponentBooks.Outcome.OFFERED, 3L)
        .containsEntry(ComponentBooks.Outcome.EMPTY, 1L)
        .containsEntry(ComponentBooks.Outcome.REFUSED, 2L)
        .containsEntry(ComponentBooks.Outcome.FAILED, 0L);
    assertThat(now.underWay()).isZero();
  }

  @Test
  void whatServersSay_isTheTargetsState_forTheWholeScrape() {
    ScrapeLoop loop = start(Configs.MEMORY, "a:1");
    scrapeOnce(List.of(new NamedBody("a", BODY), new NamedBody("b", BODY)), true, false);
    assertThat(appended.get(0).origin()).isEqualTo(appended.get(1).origin());
    for (Profile profile : appended) {
      verdicts.offered(profile.origin());
    }
    verdicts.taken(appended.get(0).origin());
    verdicts.refused(appended.get(1).origin(), "main", "400 no");
    assertThat(loop.status().health()).isEqualTo(Health.REFUSED);
    assertThat(loop.status().lastError()).isEqualTo("400 no");
    assertThat(loop.detail().refusedBy()).containsExactly("main");

    scrapeOnce(null, true, false);
    assertThat(loop.status().health()).as("until a server has taken one").isEqualTo(Health.REFUSED);
    verdicts.offered(appended.get(2).origin());
    verdicts.taken(appended.get(2).origin());
    assertThat(loop.status().health()).isEqualTo(Health.UP);
    assertThat(loop.status().counts().failures()).isZero();
  }

  private void scrapeOnce(@Nullable List<NamedBody> parts, boolean accept, boolean malformed) {
    this.parts = parts;
    this.accept = accept;
    this.malformed = malformed;
    timers.advance(INTERVAL);
    last().answer(new ScrapeResult.Fetched(BODY));
  }

  private void breakAt(String wanted) {
    breaking =
        step -> {
          if (step.equals(wanted)) {
            throw new StackOverflowError();
          }
        };
  }

  private void step(String name) {
    Consumer<String> broken = breaking;
    if (broken != null) {
      broken.accept(name);
    }
  }

  private Fetch last() {
    return fetches.get(fetches.size() - 1);
  }

  private ScrapeLoop start(ProfileType type, String address) {
    ScrapeLoop.Shared shared =
        new ScrapeLoop.Shared(
            timers,
            target -> {
              Fetch fetch = new Fetch(target);
              fetches.add(fetch);
              if (failInPlace) {
                fetch.answer(new ScrapeResult.Failed(Outcome.HTTP, "no password yet"));
              }
              return fetch;
            },
            gate,
            slots,
            profile -> {
              step("append");
              appended.add(profile);
              return accept;
            },
            new ScrapeMetrics(new SimpleMeterRegistry(), "test"),
            verdicts,
            new TargetLog("test", timers),
            new Pushers(pushed, host -> Future.succeededFuture(List.of(host)), timers),
            () -> true);
    books = shared.metrics().books();
    ScrapeLoop loop =
        new ScrapeLoop(target(type, Labels.of("__address__", address)), shared, new Recorder(), 1);
    loop.start();
    return loop;
  }

  private static Target target(ProfileType type, Labels labels) {
    return new TargetFactory(Configs.of(type)).create(List.of(labels)).active().get(0);
  }

  /** Passes bodies on and remembers how they were settled. */
  private final class Recorder implements ProfileTransform {
    @Override
    public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
      step("apply");
      return malformed
          ? Future.failedFuture(new MalformedProfileException("not a profile"))
          : Future.succeededFuture(
              parts == null ? Transformed.whole(body) : new Transformed(parts, false, false));
    }

    @Override
    public void settle(boolean accepted) {
      step("settle");
      settled.add(accepted);
    }

    @Override
    public void failed() {
      step("failed");
    }

    @Override
    public void interrupted() {
      interrupted++;
    }

    @Override
    public void turnEnds() {
      turnsEnded++;
    }

    @Override
    public void close() {
      step("close");
      closed++;
    }
  }

  private static final class Fetch implements Scraper.InFlight {
    private final Promise<ScrapeResult> promise = Promise.promise();
    private final Target target;
    private boolean released;
    private boolean deaf;

    Fetch(Target target) {
      this.target = target;
    }

    void answer(ScrapeResult result) {
      promise.complete(result);
    }

    @Override
    public Future<ScrapeResult> result() {
      return promise.future();
    }

    @Override
    public void cancel() {
      if (deaf) {
        return;
      }
      promise.tryComplete(new ScrapeResult.Failed(Outcome.CANCELLED, "cut"));
    }

    @Override
    public void release() {
      released = true;
    }
  }
}
