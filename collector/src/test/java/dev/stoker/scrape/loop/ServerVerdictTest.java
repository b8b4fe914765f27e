package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Target;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Servers' answers become a target's state. */
class ServerVerdictTest {
  private final Verdicts verdicts = new Verdicts();
  private int closerLooks;
  private final TargetLog log = new TargetLog("test", new ManualTimers(0));
  private final ServerVerdict verdict =
      new ServerVerdict(verdicts, log, target(), () -> closerLooks++);

  @Test
  void onlyProfile_rejected_isRefusedAtOnce() {
    rejected();
    assertThat(status().health()).isEqualTo(Health.REFUSED);
    assertThat(status().lastError()).isEqualTo("400 main does not want it");
    assertThat(verdict.detail().refusedBy()).containsExactly("main");
    assertThat(closerLooks).isEqualTo(1);
  }

  @Test
  void afterOneThatWasTaken_threeInARowAreNeeded() {
    taken();
    rejected();
    rejected();
    assertThat(status().health()).isEqualTo(Health.UP);
    assertThat(verdict.detail().refusedBy()).isEmpty();
    rejected();
    assertThat(status().health()).isEqualTo(Health.REFUSED);
  }

  @Test
  void oneThatAllTake_endsIt() {
    rejected();
    long next = offered(2);
    verdicts.taken(next);
    assertThat(status().health())
        .as("the other endpoint may refuse it yet")
        .isEqualTo(Health.REFUSED);
    verdicts.taken(next);
    assertThat(status()).isEqualTo(up());
    assertThat(verdict.detail().refusedBy()).isEmpty();
  }

  @Test
  void oneOfTwoEndpoints_isEnough_andBothAreNamed() {
    long first = offered(2);
    verdicts.taken(first);
    verdicts.refused(first, "b", "400 no");
    assertThat(status().health()).isEqualTo(Health.REFUSED);
    long second = offered(2);
    verdicts.refused(second, "a", "400 no");
    verdicts.taken(second);
    assertThat(status().health()).isEqualTo(Health.REFUSED);
    assertThat(verdict.detail().refusedBy()).containsExactly("a", "b");
  }

  @Test
  void oneThatWaits_saysNothing() {
    rejected();
    offered(1);
    assertThat(status().health()).isEqualTo(Health.REFUSED);
    rejected();
    assertThat(status().health()).isEqualTo(Health.REFUSED);
    taken();
    assertThat(status().health()).isEqualTo(Health.UP);
  }

  @Test
  void verdictOnALongGoneScrape_saysNothing() {
    long old = offered(1);
    for (int i = 0; i < 16; i++) {
      taken();
    }
    verdicts.refused(old, "main", "400 no");
    assertThat(status().health()).isEqualTo(Health.UP);
    assertThat(closerLooks).isZero();
  }

  @Test
  void targetThatIsDown_staysDown() {
    rejected();
    TargetStatus down =
        new TargetStatus(Health.DOWN, Instant.EPOCH, 1, 1, "no route", up().counts());
    assertThat(verdict.over(down)).isEqualTo(down);
  }

  @Test
  void loopThatHasEnded_isNotTold_norAnotherOne() {
    long old = offered(1);
    verdict.close();
    new ServerVerdict(verdicts, log, target(), () -> closerLooks++);
    verdicts.refused(old, "main", "400 no");
    verdicts.refused(Verdicts.NOBODY, "main", "400 no");
    assertThat(closerLooks).isZero();
  }

  @Test
  void whatWasMended_isInTheDetail() {
    verdicts.mended(offered(1), "main", "labels renamed: a-b");
    assertThat(verdict.detail().mended()).isEqualTo("labels renamed: a-b");
  }

  @Test
  void whatWasMended_goes_withALaterScrapeThatAllTakeAsItIs() {
    long before = offered(1);
    long mended = offered(2);
    verdicts.mended(mended, "main", "labels renamed: a-b");
    verdicts.taken(mended);
    verdicts.taken(mended);
    verdicts.taken(before);
    assertThat(verdict.detail().mended()).as("an older one").isEqualTo("labels renamed: a-b");
    long clean = offered(2);
    verdicts.taken(clean);
    assertThat(verdict.detail().mended()).as("one of two").isEqualTo("labels renamed: a-b");
    verdicts.taken(clean);
    assertThat(verdict.detail().mended()).isEmpty();
  }

  private long offered(int endpoints) {
    long origin = verdict.nextScrape();
    for (int i = 0; i < endpoints; i++) {
      verdicts.offered(origin);
    }
    return origin;
  }

  private void taken() {
    verdicts.taken(offered(1));
  }

  private void rejected() {
    verdicts.refused(offered(1), "main", "400 main does not want it");
  }

  private TargetStatus status() {
    return verdict.over(up());
  }

  private static TargetStatus up() {
    return new TargetStatus(Health.UP, Instant.EPOCH, 1, 1, null, new TargetStatus.Counts(1, 0, 0));
  }

  private static Target target() {
    return new Target(
        "k",
        URI.create("http://127.0.0.1:1/x"),
        new ProfileType("memory", true, "/x", false),
        Labels.empty(),
        Labels.empty(),
        "127.0.0.1:1",
        new Target.Plan(1_000, 0, 1_000, 0, 0),
        Target.DeltaMode.NONE);
  }
}
