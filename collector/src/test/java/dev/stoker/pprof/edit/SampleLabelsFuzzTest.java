package dev.stoker.pprof.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.delta.DeltaOracle;
import dev.stoker.pprof.delta.Life;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Labels inside profiles, edited over the raw bytes, against the object model. Count and seed:
 * <code>-Dstoker.fuzz.cases</code>, <code>-Dstoker.fuzz.seed</code>.
 */
class SampleLabelsFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261128);
  private static final int LIMIT = 1 << 22;
  private static final List<String> NAMES =
      List.of("a", "b", "c-d", "c_d", "c d", "e.f", "e_f", "9x", "_x", "span id", "ü");

  @Test
  void mendedLabels_areTheOracles_andEachTotalIsExact() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    int changed = 0;
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        Random random = new Random(SEED + i);
        String name = "seed " + (SEED + i);
        Pprof.Profile profile = labelled(new Life(random).next(), random);
        LabelMender.Limits limits =
            new LabelMender.Limits(
                random.nextBoolean(), random.nextBoolean() ? 9 : 0, random.nextInt(5));
        Set<String> own = random.nextBoolean() ? Set.of("a", "app") : Set.of("app");
        byte[] body = body(profile, random);

        SampleLabels.Edited edited =
            SampleLabels.edit(body, LIMIT, new LabelMender(limits, own), workspace);

        Map<String, String> expected = texts(oracle(profile, limits, own));
        byte[] got = java.util.Objects.requireNonNull(edited.body());
        assertThat(texts(DeltaOracle.sums(parse(got)))).as(name).isEqualTo(expected);
        if (expected.equals(texts(DeltaOracle.sums(profile)))) {
          assertThat(got).as(name).isSameAs(body);
        } else {
          changed++;
          rest(parse(got), profile, name);
        }
        assertThat(edited.gone()).isZero();
        assertThat(totals(parse(got))).as(name).isEqualTo(totals(profile));
      }
    }
    assertThat(changed).isBetween(CASES / 4, CASES);
  }

  @Test
  void samplesThatGo_takeTheirStringsAlong() throws Exception {
    int emptied = 0;
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        Random random = new Random(SEED + i);
        Pprof.Profile profile = labelled(new Life(random).next(), random);
        byte[] body = body(profile, random);

        SampleLabels.Edited edited =
            SampleLabels.edit(
                body,
                LIMIT,
                sets -> {
                  List<List<Label>> kept = new ArrayList<>();
                  sets.forEach(
                      set ->
                          kept.add(
                              set.labels().stream().anyMatch(label -> label.name().equals("a"))
                                  ? null
                                  : set.labels()));
                  return kept;
                },
                workspace);

        Pprof.Profile.Builder left = profile.toBuilder().clearSample();
        profile.getSampleList().stream()
            .filter(sample -> labels(profile, sample).stream().noneMatch(l -> l.name().equals("a")))
            .forEach(left::addSample);
        assertThat(edited.gone()).isEqualTo(profile.getSampleCount() - left.getSampleCount());
        if (left.getSampleCount() == 0) {
          assertThat(edited.body()).isNull();
          emptied++;
        } else if (edited.gone() > 0) {
          Pprof.Profile got = parse(java.util.Objects.requireNonNull(edited.body()));
          assertThat(texts(DeltaOracle.sums(got))).isEqualTo(texts(DeltaOracle.sums(left.build())));
          if (left.getSampleList().stream()
              .flatMap(sample -> sample.getLabelList().stream())
              .noneMatch(label -> left.getStringTable((int) label.getKey()).equals("a"))) {
            assertThat(got.getStringTableList()).doesNotContain("a");
          }
        }
      }
    }
    assertThat(emptied).isPositive();
  }

  @Test
  void damagedBody_isRefusedOrGivesAProfile_neverAnythingElse() {
    Random random = new Random(SEED);
    int refused = 0;
    LabelMender.Limits limits = new LabelMender.Limits(true, 9, 3);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        byte[] body = labelled(new Life(random).next(), random).toByteArray();
        for (int flips = random.nextInt(6); flips >= 0; flips--) {
          body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
        try {
          SampleLabels.edit(body, LIMIT, new LabelMender(limits, Set.of()), workspace);
        } catch (MalformedProfileException expected) {
          refused++;
        }
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void moreLabelSetsThanAreHeld_areRefused() {
    Pprof.Profile.Builder profile =
        Pprof.Profile.newBuilder()
            .addSampleType(Pprof.ValueType.newBuilder().setType(1))
            .addStringTable("")
            .addStringTable("n");
    for (int i = 0; i <= SampleLabels.MAX_SETS; i++) {
      profile.addStringTable("v" + i);
      profile.addSample(
          Pprof.Sample.newBuilder()
              .addValue(1)
              .addLabel(Pprof.Label.newBuilder().setKey(1).setStr(i + 2)));
    }
    byte[] body = profile.build().toByteArray();
    try (Workspace workspace = new Workspace()) {
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () ->
                  SampleLabels.edit(
                      body, 0, new LabelMender(LabelMender.Limits.NONE, Set.of()), workspace))
          .hasMessageContaining("more than 100000 different label sets");
    }
  }

  /** Head and tables: what people read, and what samples refer to. */
  private static void rest(Pprof.Profile got, Pprof.Profile original, String name) {
    assertThat(got.getTimeNanos()).as(name).isEqualTo(original.getTimeNanos());
    assertThat(got.getDurationNanos()).as(name).isEqualTo(original.getDurationNanos());
    assertThat(got.getPeriod()).as(name).isEqualTo(original.getPeriod());
    assertThat(got.getStringTable((int) got.getPeriodType().getType())).isEqualTo("space");
    assertThat(got.getStringTable((int) got.getComment(0))).isEqualTo("a comment");
    assertThat(got.getSampleTypeList())
        .extracting(type -> got.getStringTable((int) type.getType()))
        .isEqualTo(
            original.getSampleTypeList().stream()
                .map(type -> original.getStringTable((int) type.getType()))
                .toList());
  }

  /** Sums by stack and labels, with the labels as the rules say. */
  private static Map<String, long[]> oracle(
      Pprof.Profile profile, LabelMender.Limits limits, Set<String> own) {
    Map<List<Label>, List<Label>> fitting = new HashMap<>();
    for (Pprof.Sample sample : profile.getSampleList()) {
      List<Label> labels = labels(profile, sample);
      fitting.put(labels, shortened(renamed(labels, limits), limits));
    }
    Map<String, Set<String>> values = new HashMap<>();
    fitting
        .values()
        .forEach(
            set ->
                set.forEach(
                    label ->
                        values
                            .computeIfAbsent(label.name(), ignored -> new HashSet<>())
                            .add(label.value())));
    Pprof.Profile.Builder mended = profile.toBuilder().clearSample();
    for (Pprof.Sample sample : profile.getSampleList()) {
      List<Label> labels =
          new ArrayList<>(java.util.Objects.requireNonNull(fitting.get(labels(profile, sample))));
      while (limits.labels() > 0 && names(labels, own) > limits.labels()) {
        String most = null;
        for (Label label : labels) {
          String candidate = label.name();
          if (own.contains(candidate)) {
            continue;
          }
          int more = most == null ? 1 : distinct(values, candidate) - distinct(values, most);
          if (more > 0 || more == 0 && candidate.compareTo(most) > 0) {
            most = candidate;
          }
        }
        if (most == null) {
          break;
        }
        String going = most;
        labels.removeIf(label -> label.name().equals(going));
      }
      Pprof.Sample.Builder other = sample.toBuilder().clearLabel();
      sample.getLabelList().stream().filter(label -> label.getStr() == 0).forEach(other::addLabel);
      for (Label label : labels) {
        mended.addStringTable(label.name());
        mended.addStringTable(label.value());
        int last = mended.getStringTableCount() - 1;
        other.addLabel(Pprof.Label.newBuilder().setKey(last - 1).setStr(last));
      }
      mended.addSample(other);
    }
    return DeltaOracle.sums(mended.build());
  }

  private static int distinct(Map<String, Set<String>> values, String name) {
    return values.getOrDefault(name, Set.of()).size();
  }

  private static int names(List<Label> labels, Set<String> own) {
    Set<String> names = new HashSet<>(own);
    labels.forEach(label -> names.add(label.name()));
    return names.size();
  }

  private static List<Label> renamed(List<Label> labels, LabelMender.Limits limits) {
    if (!limits.names()) {
      return labels;
    }
    Set<String> good = new HashSet<>();
    labels.stream()
        .map(Label::name)
        .filter(name -> name.matches("[a-zA-Z_][a-zA-Z0-9_.]*"))
        .forEach(name -> good.add(name.replace('.', '_')));
    Set<String> used = new HashSet<>();
    List<Label> result = new ArrayList<>();
    for (Label label : labels) {
      boolean fine = label.name().matches("[a-zA-Z_][a-zA-Z0-9_.]*");
      String name = label.name().replaceAll("[^a-zA-Z0-9_.]", "_").replaceAll("^[^a-zA-Z_]", "_");
      String flat = name.replace('.', '_');
      if ((fine || !good.contains(flat)) && used.add(flat)) {
        result.add(new Label(name, label.value()));
      }
    }
    return result;
  }

  private static List<Label> shortened(List<Label> labels, LabelMender.Limits limits) {
    if (limits.valueBytes() == 0) {
      return labels;
    }
    return labels.stream()
        .map(
            label -> {
              StringBuilder value = new StringBuilder();
              label
                  .value()
                  .codePoints()
                  .takeWhile(
                      point ->
                          (value + Character.toString(point))
                                      .getBytes(StandardCharsets.UTF_8)
                                      .length
                                  <= limits.valueBytes()
                              && value.appendCodePoint(point) != null)
                  .forEach(ignored -> {});
              return new Label(label.name(), value.toString());
            })
        .toList();
  }

  private static List<Label> labels(Pprof.Profile profile, Pprof.Sample sample) {
    return sample.getLabelList().stream()
        .filter(label -> label.getStr() != 0)
        .map(
            label ->
                new Label(
                    profile.getStringTable((int) label.getKey()),
                    profile.getStringTable((int) label.getStr())))
        .toList();
  }

  /** Gives samples labels of all sorts: doubled names, numbers, values of many bytes. */
  private static Pprof.Profile labelled(Pprof.Profile profile, Random random) {
    Pprof.Profile.Builder builder = profile.toBuilder();
    for (Pprof.Sample.Builder sample : builder.getSampleBuilderList()) {
      if (random.nextInt(4) > 0) {
        sample.clearLabel();
        for (int labels = random.nextInt(6); labels > 0; labels--) {
          Pprof.Label.Builder label = Pprof.Label.newBuilder();
          label.setKey(string(builder, NAMES.get(random.nextInt(NAMES.size())), random));
          if (random.nextInt(5) == 0) {
            label.setNum(random.nextInt(3)).setNumUnit(string(builder, "bytes", random));
          } else {
            String value =
                random.nextInt(3) == 0
                    ? "v🦊ü".repeat(random.nextInt(4)) + "x"
                    : "v" + random.nextInt(3);
            label.setStr(string(builder, value, random));
          }
          sample.addLabel(label);
        }
      }
    }
    return builder.build();
  }

  /** Strings may stand twice in the table. */
  private static int string(Pprof.Profile.Builder profile, String text, Random random) {
    int at = profile.getStringTableList().indexOf(text);
    if (at >= 0 && random.nextInt(8) > 0) {
      return at;
    }
    profile.addStringTable(text);
    return profile.getStringTableCount() - 1;
  }

  private static Map<String, String> texts(Map<String, long[]> sums) {
    Map<String, String> texts = new TreeMap<>();
    sums.forEach((stack, values) -> texts.put(stack, Arrays.toString(values)));
    return texts;
  }

  private static List<Long> totals(Pprof.Profile profile) {
    List<Long> totals = new ArrayList<>();
    for (int i = 0; i < profile.getSampleTypeCount(); i++) {
      int column = i;
      totals.add(profile.getSampleList().stream().mapToLong(s -> s.getValue(column)).sum());
    }
    return totals;
  }

  private static Pprof.Profile parse(byte[] body) throws Exception {
    return Pprof.Profile.parseFrom(Gzip.isGzip(body) ? Gzip.inflate(body, LIMIT) : body);
  }

  private static byte[] body(Pprof.Profile profile, Random random) {
    byte[] plain = profile.toByteArray();
    return random.nextBoolean() ? Gzip.deflate(plain, plain.length, 6) : plain;
  }
}
