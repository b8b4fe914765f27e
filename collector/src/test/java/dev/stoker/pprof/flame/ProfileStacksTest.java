package dev.stoker.pprof.flame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ProfileStacksTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long LIMIT = 1 << 20;

  /** Locations may hold several (inlined) lines; some have none; ids are not dense. */
  private static Pprof.Profile random(Random random) {
    Pprof.Profile.Builder profile = Pprof.Profile.newBuilder().setTimeNanos(5).setDurationNanos(6);
    profile
        .addStringTable("")
        .addStringTable("cpu")
        .addStringTable("ns")
        .addStringTable("/a/lib.so");
    profile.addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2));
    profile.addSampleType(Pprof.ValueType.newBuilder().setType(2).setUnit(1));
    profile.addMapping(Pprof.Mapping.newBuilder().setId(9).setFilename(3));
    for (int i = 0; i < 10; i++) {
      profile.addStringTable("f" + i);
      profile.addFunction(Pprof.Function.newBuilder().setId(100 + i).setName(4 + i));
    }
    for (int i = 0; i < 15; i++) {
      Pprof.Location.Builder location =
          Pprof.Location.newBuilder().setId(1 + i * 7L).setMappingId(9).setAddress(0x100 + i);
      for (int lines = random.nextInt(3); lines > 0; lines--) {
        location.addLine(
            Pprof.Line.newBuilder().setFunctionId(100 + random.nextInt(11)).setLine(3));
      }
      profile.addLocation(location);
    }
    for (int i = 0; i < 30; i++) {
      Pprof.Sample.Builder sample =
          Pprof.Sample.newBuilder().addValue(random.nextInt(100)).addValue(random.nextInt(9) - 2);
      for (int depth = random.nextInt(6); depth >= 0; depth--) {
        sample.addLocationId(1 + random.nextInt(15) * 7L);
      }
      profile.addSample(sample);
    }
    return profile.build();
  }

  private static List<String> stack(Pprof.Profile profile, Pprof.Sample sample) {
    List<String> frames = new ArrayList<>();
    for (long id : sample.getLocationIdList()) {
      Pprof.Location location =
          profile.getLocationList().stream().filter(l -> l.getId() == id).findFirst().orElseThrow();
      for (Pprof.Line line : location.getLineList()) {
        frames.add(
            profile.getFunctionList().stream()
                .filter(f -> f.getId() == line.getFunctionId())
                .map(f -> profile.getStringTable((int) f.getName()))
                .findFirst()
                .orElse("[unknown]"));
      }
      if (location.getLineCount() == 0) {
        frames.add("[lib.so 0x" + Long.toHexString(location.getAddress()) + "]");
      }
    }
    Collections.reverse(frames);
    return frames;
  }

  @Test
  void stacks_equalTheOracles() throws MalformedProfileException {
    Random random = new Random(42);
    for (int i = 0; i < CASES / 5 + 1; i++) {
      Pprof.Profile oracle = random(random);
      for (int type = 0; type < 2; type++) {
        Map<List<String>, Long> expected = new HashMap<>();
        for (Pprof.Sample sample : oracle.getSampleList()) {
          if (sample.getValue(type) > 0) {
            expected.merge(stack(oracle, sample), sample.getValue(type), Long::sum);
          }
        }
        Map<List<String>, Long> read = new HashMap<>();
        ProfileStacks.read(oracle.toByteArray(), LIMIT)
            .forEach(
                type,
                (frames, depth, value) ->
                    read.merge(
                        List.copyOf(Arrays.asList(frames).subList(0, depth)), value, Long::sum));
        assertThat(read).isEqualTo(expected);
      }
    }
  }

  @Test
  void mutatedBytes_areReadOrRefused() {
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] plain = random(random).toByteArray();
      byte[] body = random.nextBoolean() ? Gzip.deflate(plain, plain.length, 1) : plain;
      for (int flips = random.nextInt(8); flips >= 0; flips--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      body =
          Arrays.copyOf(body, random.nextInt(4) == 0 ? random.nextInt(body.length) : body.length);
      try {
        ProfileSummary.of(body, LIMIT);
      } catch (MalformedProfileException expected) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1, CASES - 1);
  }

  @Test
  void summary_showsTheLastTypeAndItsTop() throws MalformedProfileException {
    Pprof.Profile oracle = random(new Random(1));
    byte[] plain = oracle.toByteArray();
    ProfileSummary summary = ProfileSummary.of(Gzip.deflate(plain, plain.length, 6), LIMIT);
    assertThat(summary.samples()).isEqualTo(30);
    assertThat(summary.shown()).isEqualTo(new ProfileStacks.ValueType("ns", "cpu"));
    assertThat(summary.timeNanos()).isEqualTo(5);
    assertThat(summary.durationNanos()).isEqualTo(6);
    assertThat(summary.total())
        .isEqualTo(
            oracle.getSampleList().stream().mapToLong(s -> Math.max(0, s.getValue(1))).sum());
  }

  @Test
  void otherBytes_areRefused_andNamed() {
    Map.of(
            "", "body is empty",
            "<html>", "body is HTML",
            "{\"a\":1}", "body is JSON",
            "heap profile: 1: 2 [3: 4]", "drop debug=1")
        .forEach(
            (text, what) ->
                assertThatThrownBy(
                        () -> ProfileStacks.read(text.getBytes(StandardCharsets.US_ASCII), LIMIT))
                    .isInstanceOf(MalformedProfileException.class)
                    .hasMessageContaining(what));
  }

  @Test
  void deepStack_isCutAtTheLeafEnd() throws MalformedProfileException {
    Pprof.Profile.Builder deep = random(new Random(1)).toBuilder().clearSample();
    Pprof.Sample.Builder sample = Pprof.Sample.newBuilder().addValue(3).addValue(3);
    for (int i = 0; i < 5_000; i++) {
      sample.addLocationId(1);
    }
    byte[] body = deep.addSample(sample).build().toByteArray();
    int[] seen = new int[1];
    ProfileStacks.read(body, LIMIT).forEach(0, (stack, depth, value) -> seen[0] = depth);
    assertThat(seen[0]).isEqualTo(ProfileStacks.MAX_DEPTH);
  }

  @Test
  void tree_foldsTheSmallestAndKeepsTheTotal() throws MalformedProfileException {
    Pprof.Profile oracle = random(new Random(3));
    FlameTree tree = new FlameTree(10_000);
    tree.add(ProfileStacks.read(oracle.toByteArray(), LIMIT), 0);
    FlameTree.Node all = tree.tree(10_000);
    FlameTree.Node few = tree.tree(10);
    assertThat(count(few)).isLessThan(25).isLessThan(count(all));
    assertThat(few.value()).isEqualTo(all.value()).isEqualTo(tree.total());
    assertThat(names(few)).contains(FlameTree.OTHER);
    assertSums(all);
    assertSums(few);
  }

  @Test
  void tree_staysWithinItsBound() throws MalformedProfileException {
    FlameTree tree = new FlameTree(5);
    tree.add(ProfileStacks.read(random(new Random(3)).toByteArray(), LIMIT), 0);
    assertThat(count(tree.tree(1_000))).isLessThanOrEqualTo(6);
    assertSums(tree.tree(1_000));
  }

  @Test
  void recursion_countsOncePerStack() throws MalformedProfileException {
    Pprof.Profile.Builder profile =
        Pprof.Profile.newBuilder().addStringTable("").addStringTable("f");
    profile.addSampleType(Pprof.ValueType.newBuilder().setType(1));
    profile.addFunction(Pprof.Function.newBuilder().setId(1).setName(1));
    profile.addLocation(
        Pprof.Location.newBuilder().setId(1).addLine(Pprof.Line.newBuilder().setFunctionId(1)));
    profile.addSample(
        Pprof.Sample.newBuilder().addLocationId(1).addLocationId(1).addLocationId(1).addValue(4));
    FlameTree tree = new FlameTree(10);
    tree.add(ProfileStacks.read(profile.build().toByteArray(), LIMIT), 0);
    assertThat(tree.top(5)).containsExactly(new FlameTree.Top("f", 4, 4));
  }

  private static void assertSums(FlameTree.Node node) {
    long below = node.children().stream().mapToLong(FlameTree.Node::value).sum();
    assertThat(below + node.self()).isEqualTo(node.value());
    node.children().forEach(ProfileStacksTest::assertSums);
  }

  private static int count(FlameTree.Node node) {
    return 1 + node.children().stream().mapToInt(ProfileStacksTest::count).sum();
  }

  private static List<String> names(FlameTree.Node node) {
    List<String> names = new ArrayList<>(List.of(node.name()));
    node.children().forEach(child -> names.addAll(names(child)));
    return names;
  }
}
