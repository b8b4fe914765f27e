package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.Workspace;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The streaming delta against the oracle, over random lives of random targets. Count and seed:
 * <code>-Dstoker.fuzz.cases</code>, <code>-Dstoker.fuzz.seed</code>.
 */
class DeltaFuzzTest {
  private static final Set<String> MEMORY = CumulativeTypes.of("memory");
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261124);

  @Test
  void delta_equalsTheOracles() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        life(new Random(SEED + i), workspace, "seed " + (SEED + i));
      }
    }
  }

  private static void life(Random random, Workspace workspace, String name) throws Exception {
    Life target = new Life(random);
    DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
    DeltaOracle oracle = new DeltaOracle(MEMORY);
    long lastTime = 0;
    for (int scrape = 0; scrape < 8; scrape++) {
      Pprof.Profile profile = target.next();
      byte[] plain = profile.toByteArray();
      byte[] body = random.nextBoolean() ? Gzip.deflate(plain, plain.length, 6) : plain;
      Map<String, long[]> expected = oracle.compute(profile);
      DeltaOutcome outcome = computer.compute(body, 1 << 20, 1, workspace);
      if (outcome instanceof DeltaOutcome.Delta delta) {
        Pprof.Profile decoded = Pprof.Profile.parseFrom(Gzip.inflate(delta.body(), 1 << 20));
        assertSame(DeltaOracle.sums(decoded), expected, name + " scrape " + scrape);
        assertThat(decoded.getTimeNanos())
            .isEqualTo(profile.getTimeNanos())
            .isGreaterThan(lastTime);
      } else {
        assertThat(expected).as(name + " scrape " + scrape).isEmpty();
      }
      assertThat(outcome.gap()).as(name + " scrape " + scrape).isEqualTo(oracle.gap());
      boolean accepted = random.nextInt(4) > 0;
      computer.settle(accepted);
      oracle.settle(accepted);
      if (accepted) {
        lastTime = profile.getTimeNanos();
      }
      if (random.nextInt(4) == 0) {
        boolean clean = random.nextInt(3) > 0;
        oracle.restart(clean);
        computer = restarted(computer, clean, random.nextBoolean());
      }
    }
  }

  /**
   * Stoker stopped and started again, or the loop replaced.
   *
   * @param clean the baseline is handed on
   * @param disk as bytes
   */
  private static DeltaComputer restarted(DeltaComputer before, boolean clean, boolean disk)
      throws Exception {
    DeltaComputer next = Computers.computer(MEMORY, KeptTypes.ALL);
    DeltaBaseline baseline = before.baseline();
    if (baseline == null && before.lost()) {
      next.lose();
    } else if (baseline != null && clean) {
      byte[] bytes = BaselineCodec.encode(new SavedBaseline("s", "p", baseline));
      next.restore(disk ? BaselineCodec.decode(bytes).baseline() : baseline);
    } else if (baseline != null) {
      next.lose();
    }
    return next;
  }

  private static void assertSame(Map<String, long[]> got, Map<String, long[]> want, String name) {
    Map<String, String> left = new TreeMap<>();
    got.forEach((stack, values) -> left.put(stack, Arrays.toString(values)));
    Map<String, String> right = new TreeMap<>();
    want.forEach((stack, values) -> right.put(stack, Arrays.toString(values)));
    assertThat(left).as(name).isEqualTo(right);
  }

  @Test
  void damagedBody_isRefusedOrGivesADelta_neverAnythingElse() {
    Random random = new Random(SEED);
    Life target = new Life(random);
    DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
    int refused = 0;
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        byte[] body = target.next().toByteArray();
        if (random.nextBoolean()) {
          body = Gzip.deflate(body, body.length, 1);
        }
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
          body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
        if (random.nextBoolean()) {
          body = Arrays.copyOf(body, random.nextInt(body.length));
        }
        try {
          computer.compute(body, 1 << 20, 1, workspace);
          computer.settle(true);
        } catch (MalformedProfileException expected) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(CASES / 4);
  }
}
