package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.Workspace;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What was delivered against what the target truly counted, over lives of Stoker that end cleanly
 * or not, and of the target. Independent of the rules by which it is done: sums only.
 */
class RestartFuzzTest {
  private static final Set<String> MEMORY = CumulativeTypes.of("memory");
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261125);

  @Test
  void steadyTarget_cleanRestartsLoseNothing_eachKillIsOneGap() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        steady(new Random(SEED + i), workspace, "seed " + (SEED + i));
      }
    }
  }

  private static void steady(Random random, Workspace workspace, String name) throws Exception {
    Life target = new Life(random, true);
    DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
    long[] first = null;
    long[] accepted = null;
    long[] missed = new long[2];
    long[] delivered = new long[2];
    int killed = 0;
    int gaps = 0;
    boolean afterKill = false;
    for (int scrape = 0; scrape < 12; scrape++) {
      Pprof.Profile profile = target.next();
      long[] counted = counted(profile);
      DeltaOutcome outcome = compute(computer, profile, workspace);
      boolean accept = random.nextInt(4) > 0;
      computer.settle(accept);
      if (accept) {
        gaps += outcome.gap() ? 1 : 0;
        add(delivered, outcome);
        first = first == null ? counted : first;
        if (afterKill && accepted != null) {
          killed++;
          missed[0] += counted[0] - accepted[0];
          missed[1] += counted[1] - accepted[1];
        }
        afterKill = false;
        accepted = counted;
      }
      int event = random.nextInt(6);
      if (event < 2) {
        computer = restart(computer, event == 0);
        afterKill |= event == 1;
      }
      if (accepted != null && first != null && !afterKill) {
        assertThat(delivered[0] + missed[0]).as(name).isEqualTo(accepted[0] - first[0]);
        assertThat(delivered[1] + missed[1]).as(name).isEqualTo(accepted[1] - first[1]);
        assertThat(gaps).as(name).isEqualTo(killed);
      }
    }
  }

  @Test
  void targetRestartsAtAnyMoment_nothingIsCountedTwice_andNothingIsNegative() throws Exception {
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        restless(new Random(SEED + i), workspace, "seed " + (SEED + i));
      }
    }
  }

  private static void restless(Random random, Workspace workspace, String name) throws Exception {
    Life target = new Life(random, true);
    DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
    long[] ended = new long[2];
    long[] now = new long[2];
    long[] delivered = new long[2];
    for (int scrape = 0; scrape < 12; scrape++) {
      if (random.nextInt(5) == 0) {
        target.restart();
        ended[0] += now[0];
        ended[1] += now[1];
      }
      Pprof.Profile profile = target.next();
      now = counted(profile);
      DeltaOutcome outcome = compute(computer, profile, workspace);
      boolean accept = random.nextInt(4) > 0;
      computer.settle(accept);
      if (accept) {
        add(delivered, outcome);
      }
      assertThat(delivered[0]).as(name).isLessThanOrEqualTo(ended[0] + now[0]);
      assertThat(delivered[1]).as(name).isLessThanOrEqualTo(ended[1] + now[1]);
      int event = random.nextInt(6);
      if (event < 2) {
        computer = restart(computer, event == 0);
      }
    }
  }

  @Test
  void damagedBaseline_isRefused() throws Exception {
    Random random = new Random(SEED);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
        compute(computer, new Life(random).next(), workspace);
        computer.settle(true);
        DeltaBaseline baseline = Objects.requireNonNull(computer.baseline());
        byte[] good = BaselineCodec.encode(new SavedBaseline("series " + i, "p", baseline));
        byte[] bad = good.clone();
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        if (random.nextBoolean()) {
          bad = Arrays.copyOf(bad, random.nextInt(bad.length));
        }
        assertThat(BaselineCodec.encode(BaselineCodec.decode(good))).hasSameSizeAs(good);
        assertThat(Arrays.equals(bad, good) ? null : refusal(bad))
            .isEqualTo(Arrays.equals(bad, good) ? null : MalformedProfileException.class);
      }
    }
  }

  private static @Nullable Class<?> refusal(byte[] bytes) {
    try {
      BaselineCodec.decode(bytes);
      return null;
    } catch (MalformedProfileException refused) {
      return refused.getClass();
    }
  }

  private static DeltaOutcome compute(
      DeltaComputer computer, Pprof.Profile profile, Workspace workspace) throws Exception {
    return computer.compute(profile.toByteArray(), 1 << 20, 1, workspace);
  }

  private static DeltaComputer restart(DeltaComputer before, boolean clean) throws Exception {
    DeltaComputer next = Computers.computer(MEMORY, KeptTypes.ALL);
    DeltaBaseline baseline = before.baseline();
    if (baseline != null && clean) {
      byte[] bytes = BaselineCodec.encode(new SavedBaseline("s", "", baseline));
      next.restore(BaselineCodec.decode(bytes).baseline());
    } else if (baseline != null || before.lost()) {
      next.lose();
    }
    return next;
  }

  private static long[] counted(Pprof.Profile profile) {
    long[] sums = new long[2];
    for (Pprof.Sample sample : profile.getSampleList()) {
      sums[0] += sample.getValue(0);
      sums[1] += sample.getValue(1);
    }
    return sums;
  }

  private static void add(long[] sums, DeltaOutcome outcome) throws Exception {
    if (outcome instanceof DeltaOutcome.Delta delta) {
      Pprof.Profile decoded = Pprof.Profile.parseFrom(Gzip.inflate(delta.body(), 1 << 20));
      for (Pprof.Sample sample : decoded.getSampleList()) {
        assertThat(sample.getValue(0)).isNotNegative();
        assertThat(sample.getValue(1)).isNotNegative();
        sums[0] += sample.getValue(0);
        sums[1] += sample.getValue(1);
      }
    }
  }
}
