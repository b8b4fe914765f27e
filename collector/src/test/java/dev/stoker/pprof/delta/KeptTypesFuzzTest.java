package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.edit.SampleTypeFilter;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Sample types taken out over the raw bytes against the object model, for passed-on profiles and
 * for deltas. Count and seed: <code>-Dstoker.fuzz.cases</code>, <code>-Dstoker.fuzz.seed</code>.
 */
class KeptTypesFuzzTest {
  private static final List<String> TYPES =
      List.of("alloc_objects", "alloc_space", "inuse_objects", "inuse_space");
  private static final Set<String> MEMORY = CumulativeTypes.of("memory");
  private static final SampleTypeFilter.Times TIMES = new SampleTypeFilter.Times(0, 1);
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261125);

  @Test
  void keptColumns_areTheOracles_andTheRestStaysRight() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        Random random = new Random(SEED + i);
        Pprof.Profile profile = new Life(random).next();
        KeptTypes kept = kept(random);
        SampleTypeFilter.Filtered filtered =
            SampleTypeFilter.apply(body(profile, random), 1 << 20, kept, TIMES, workspace);
        check(
            filtered.body(),
            profile,
            kept,
            merged(DeltaOracle.sums(profile), kept),
            "seed " + (SEED + i));
      }
    }
  }

  @Test
  void deltas_holdKeptColumnsOnly() throws Exception {
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        Random random = new Random(SEED + i);
        Life target = new Life(random);
        KeptTypes kept = kept(random);
        DeltaComputer computer = Computers.computer(MEMORY, kept);
        DeltaOracle oracle = new DeltaOracle(MEMORY);
        for (int scrape = 0; scrape < 5; scrape++) {
          Pprof.Profile profile = target.next();
          DeltaOutcome outcome = computer.compute(body(profile, random), 1 << 20, 1, workspace);
          byte[] body = outcome instanceof DeltaOutcome.Delta delta ? delta.body() : null;
          check(body, profile, kept, merged(oracle.compute(profile), kept), "seed " + (SEED + i));
          boolean accepted = random.nextInt(4) > 0;
          computer.settle(accepted);
          oracle.settle(accepted);
        }
      }
    }
  }

  @Test
  void unknownName_isAnErrorThatListsWhatThereIs() {
    Pprof.Profile profile = new Life(new Random(1)).next();
    try (Workspace workspace = new Workspace()) {
      assertThatThrownBy(
              () ->
                  SampleTypeFilter.apply(
                      profile.toByteArray(),
                      1 << 20,
                      new KeptTypes(List.of("inuse_space", "in_use")),
                      TIMES,
                      workspace))
          .isInstanceOf(MalformedProfileException.class)
          .hasMessage(
              "keep_sample_types names in_use, but the profile has alloc_objects, alloc_space,"
                  + " inuse_objects, inuse_space; write one of those");
    }
  }

  @Test
  void damagedBody_isRefusedOrGivesAProfile_neverAnythingElse() {
    Random random = new Random(SEED);
    int refused = 0;
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        byte[] body = new Life(random).next().toByteArray();
        for (int flips = random.nextInt(6); flips >= 0; flips--) {
          body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
        try {
          SampleTypeFilter.apply(
              body, 1 << 20, new KeptTypes(List.of("inuse_space")), TIMES, workspace);
        } catch (MalformedProfileException expected) {
          refused++;
        }
      }
    }
    assertThat(refused).isPositive();
  }

  private static void check(
      byte @org.jspecify.annotations.Nullable [] body,
      Pprof.Profile original,
      KeptTypes kept,
      Map<String, String> expected,
      String name)
      throws Exception {
    if (body == null) {
      assertThat(expected).as(name).isEmpty();
      return;
    }
    Pprof.Profile got = Pprof.Profile.parseFrom(Gzip.inflate(body, 1 << 20));
    Map<String, String> sums = new TreeMap<>();
    DeltaOracle.sums(got).forEach((stack, values) -> sums.put(stack, Arrays.toString(values)));
    assertThat(sums).as(name).isEqualTo(expected);
    List<String> left = new ArrayList<>(TYPES);
    left.retainAll(kept.names());
    assertThat(got.getSampleTypeList())
        .extracting(type -> got.getStringTable((int) type.getType()))
        .isEqualTo(left);
    String defaultType = original.getStringTable((int) original.getDefaultSampleType());
    assertThat(got.getStringTable((int) got.getDefaultSampleType()))
        .isEqualTo(left.contains(defaultType) ? defaultType : "");
    assertThat(got.getStringTable((int) got.getPeriodType().getType())).isEqualTo("space");
    assertThat(got.getStringTable((int) got.getComment(0))).isEqualTo("a comment");
    assertThat(got.getTimeNanos()).isEqualTo(original.getTimeNanos());
    assertThat(got.getPeriod()).isEqualTo(original.getPeriod());
  }

  /** The oracle's values of the kept columns; stacks without any are gone. */
  private static Map<String, String> merged(Map<String, long[]> sums, KeptTypes kept) {
    Map<String, String> left = new TreeMap<>();
    sums.forEach(
        (stack, values) -> {
          List<Long> picked = new ArrayList<>();
          for (int i = 0; i < values.length; i++) {
            if (kept.names().contains(TYPES.get(i))) {
              picked.add(values[i]);
            }
          }
          if (picked.stream().anyMatch(value -> value != 0)) {
            left.put(stack, picked.toString());
          }
        });
    return left;
  }

  private static KeptTypes kept(Random random) {
    List<String> names = new ArrayList<>(TYPES);
    Collections.shuffle(names, random);
    return new KeptTypes(names.subList(0, 1 + random.nextInt(TYPES.size())));
  }

  private static byte[] body(Pprof.Profile profile, Random random) throws Exception {
    byte[] plain = profile.toByteArray();
    return random.nextBoolean() ? Gzip.deflate(plain, plain.length, 6) : plain;
  }
}
