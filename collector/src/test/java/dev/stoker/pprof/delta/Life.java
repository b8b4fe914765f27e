package dev.stoker.pprof.delta;

import dev.stoker.pprof.oracle.Pprof;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A target: stacks that grow, vanish and come, restarts, duplicates, other tables each time. */
public final class Life {
  private final Random random;
  private final boolean addresses;
  private final boolean steady;
  private final List<int[]> stacks = new ArrayList<>();
  private final List<long[]> values = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private int build;
  private long time = 1_800_000_000_000_000_000L;

  public Life(Random random) {
    this(random, false);
  }

  /**
   * @param steady stacks and values only grow, as Go's do, until {@link #restart}
   */
  public Life(Random random, boolean steady) {
    this.random = random;
    this.steady = steady;
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

  /** Another process of the same build: some of the stacks, anything from 0 on. */
  void restart() {
    int keep = random.nextInt(stacks.size());
    stacks.subList(keep, stacks.size()).clear();
    values.subList(keep, values.size()).clear();
    labels.subList(keep, labels.size()).clear();
    values.forEach(v -> Arrays.setAll(v, i -> i < 3 ? random.nextInt(40) : 0));
    add();
  }

  public Pprof.Profile next() {
    time += 1_000 + random.nextInt(1_000_000);
    int event = steady ? 4 + random.nextInt(8) : random.nextInt(12);
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
    profile.setDefaultSampleType(
        string(strings, random.nextBoolean() ? "alloc_space" : "inuse_space"));
    profile.setPeriodType(
        Pprof.ValueType.newBuilder()
            .setType(string(strings, "space"))
            .setUnit(string(strings, "bytes")));
    profile.setPeriod(524288).addComment(string(strings, "a comment")).setDurationNanos(7);
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
