package dev.stoker.pprof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.oracle.Pprof;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    DeltaComputer computer = new DeltaComputer(MEMORY);
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
      boolean accepted = random.nextInt(4) > 0;
      computer.settle(accepted);
      oracle.settle(accepted);
      if (accepted) {
        lastTime = profile.getTimeNanos();
      }
    }
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
    DeltaComputer computer = new DeltaComputer(MEMORY);
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

  /** A target: stacks that grow, vanish and come, restarts, duplicates, other tables each time. */
  private static final class Life {
    private final Random random;
    private final boolean addresses;
    private final List<int[]> stacks = new ArrayList<>();
    private final List<long[]> values = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private int build;
    private long time = 1_800_000_000_000_000_000L;

    Life(Random random) {
      this.random = random;
      this.addresses = random.nextBoolean();
      for (int i = random.nextInt(20); i >= 0; i--) {
        add();
      }
    }

    private void add() {
      int[] stack = random.ints(1 + random.nextInt(6), 1, 12).toArray();
      stacks.add(stack);
      values.add(new long[] {random.nextInt(50), random.nextInt(5000), random.nextInt(5), 0});
      labels.add(random.nextInt(3) == 0 ? "l" + random.nextInt(3) : "");
    }

    Pprof.Profile next() {
      time += 1_000 + random.nextInt(1_000_000);
      int event = random.nextInt(12);
      if (event == 0) {
        values.forEach(v -> Arrays.fill(v, random.nextInt(3)));
      } else if (event == 1) {
        build++;
      } else if (event == 2 && stacks.size() > 1) {
        int gone = random.nextInt(stacks.size());
        stacks.remove(gone);
        values.remove(gone);
        labels.remove(gone);
      } else if (event == 3) {
        long[] shrinks = values.get(random.nextInt(values.size()));
        shrinks[0] = shrinks[0] / 2;
      } else if (event < 8) {
        add();
      }
      for (long[] v : values) {
        if (random.nextInt(3) == 0) {
          v[0] += random.nextInt(10);
          v[1] += random.nextInt(9000);
          v[2] = random.nextInt(4);
        }
      }
      return profile();
    }

    private Pprof.Profile profile() {
      Pprof.Profile.Builder profile = Pprof.Profile.newBuilder().setTimeNanos(time);
      List<String> strings = new ArrayList<>(List.of(""));
      for (String type : List.of("alloc_objects", "alloc_space", "inuse_objects", "inuse_space")) {
        profile.addSampleType(
            Pprof.ValueType.newBuilder()
                .setType(string(strings, type))
                .setUnit(string(strings, "count")));
      }
      for (int pad = random.nextInt(3); pad > 0; pad--) {
        strings.add("pad" + random.nextInt());
      }
      profile.addMapping(
          Pprof.Mapping.newBuilder()
              .setId(1)
              .setFilename(string(strings, "/app"))
              .setBuildId(string(strings, "b" + build)));
      int shift = random.nextInt(50);
      for (int i = 1; i < 12; i++) {
        profile.addFunction(
            Pprof.Function.newBuilder()
                .setId(i + shift)
                .setName(string(strings, "f" + i))
                .setFilename(string(strings, "x.go")));
        Pprof.Location.Builder location =
            Pprof.Location.newBuilder().setId(i + shift).setMappingId(1);
        if (addresses) {
          location.setAddress(0x400000 + i);
        }
        location.addLine(Pprof.Line.newBuilder().setFunctionId(i + shift).setLine(i));
        profile.addLocation(location);
      }
      for (int i = 0; i < stacks.size(); i++) {
        boolean split = random.nextInt(5) == 0;
        for (int part = split ? 2 : 1; part > 0; part--) {
          Pprof.Sample.Builder sample = Pprof.Sample.newBuilder();
          for (int frame : stacks.get(i)) {
            sample.addLocationId(frame + shift);
          }
          for (long value : values.get(i)) {
            sample.addValue(split ? (part == 2 ? value / 2 : value - value / 2) : value);
          }
          if (!labels.get(i).isEmpty()) {
            sample.addLabel(Pprof.Label.newBuilder().setKey(string(strings, "bytes")).setNum(7));
            sample.addLabel(
                Pprof.Label.newBuilder()
                    .setKey(string(strings, "k"))
                    .setStr(string(strings, labels.get(i))));
          }
          profile.addSample(sample);
        }
      }
      return profile.addAllStringTable(strings).build();
    }

    private static long string(List<String> strings, String text) {
      int at = strings.indexOf(text);
      if (at < 0) {
        strings.add(text);
        return strings.size() - 1;
      }
      return at;
    }
  }
}
