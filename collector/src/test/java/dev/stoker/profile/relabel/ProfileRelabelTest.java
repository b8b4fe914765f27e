package dev.stoker.profile.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.edit.SampleLabels;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspace;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;
import dev.stoker.relabel.Action;
import dev.stoker.relabel.RelabelRule;
import dev.stoker.relabel.RelabelRule.Spec;
import dev.stoker.relabel.Relabeler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProfileRelabelTest {
  private static final Labels MUTEX =
      Labels.of("__name__", "mutex", "__profile_path__", "/m", "__meta_node", "n1", "pod", "p");
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Profile> forwarded = new ArrayList<>();
  private final List<Runnable> edits = new ArrayList<>();
  private final UnderWay underWay = new UnderWay();
  private boolean accept = true;
  private boolean broken;

  @Test
  void rules_seeNamePathAndMeta_andChangeLabelsOnly() {
    ProfileRelabel relabel =
        relabel(
            10,
            Spec.of(Action.REPLACE, "__name__", "__profile_path__", "__meta_node").target("seen"));
    byte[] body = {1};

    assertThat(relabel.append(new Profile(MUTEX, body, 7))).isTrue();

    assertThat(forwarded)
        .containsExactly(
            new Profile(MUTEX.toBuilder().set("seen", "mutex;/m;n1").build(), body, 7));
  }

  @Test
  void droppedByRule_countsAsAccepted_andSaysWhichRule() {
    ProfileRelabel relabel = relabel(10, Spec.of(Action.DROP, "__name__").regex("mutex"));

    assertThat(relabel.append(profile(MUTEX))).isTrue();

    assertThat(forwarded).isEmpty();
    assertThat(dropped("rule")).isEqualTo(1);
    assertThat(relabel.summary())
        .isEqualTo(
            "0 profiles forwarded, 1 dropped; the last by rule 1: drop __name__ saw \"mutex\","
                + " regex mutex");
  }

  @Test
  void refusalDownstream_isPassedOn_soThatTheBaselineStays() {
    accept = false;
    ProfileRelabel relabel = relabel(10);

    assertThat(relabel.append(profile(MUTEX))).isFalse();
    assertThat(registry.get("pyroscope.relabel.profiles.written").counter().count()).isZero();
  }

  @Test
  void labelsThatAreAllGone_orTooLarge_areDroppedWithTheirReason() {
    assertThat(relabel(10, Spec.of(Action.LABELDROP).regex(".*")).append(profile(MUTEX))).isTrue();
    assertThat(dropped("empty")).isEqualTo(1);

    Spec twice = Spec.of(Action.REPLACE, "pod").regex("(.+)").target("pod").replacement("$1$1");
    Spec[] doubled = Stream.generate(() -> twice).limit(30).toArray(Spec[]::new);
    assertThat(relabel(10, doubled).append(profile(MUTEX))).isTrue();
    assertThat(dropped("too_large")).isEqualTo(1);
    assertThat(forwarded).isEmpty();
  }

  @Test
  void everyProfileThatCame_leavesByOneOutcome_alsoWhenAReceiverThrows() {
    ProfileRelabel relabel = relabel(10, Spec.of(Action.DROP, "pod").regex("drop"));
    relabel.append(profile(MUTEX));
    relabel.append(profile(MUTEX.toBuilder().set("pod", "drop").build()));
    accept = false;
    relabel.append(profile(MUTEX));
    broken = true;
    assertThat(relabel.append(profile(MUTEX))).isFalse();

    assertThat(relabel.books().snapshot().came()).isEqualTo(4);
    assertThat(relabel.books().snapshot().left())
        .isEqualTo(
            Map.of(
                ComponentBooks.Outcome.OFFERED, 1L,
                ComponentBooks.Outcome.RULED_OUT, 1L,
                ComponentBooks.Outcome.EMPTY, 0L,
                ComponentBooks.Outcome.REFUSED, 1L,
                ComponentBooks.Outcome.FAILED, 1L));
    assertThat(relabel.books().recentBug(System.nanoTime(), Long.MAX_VALUE))
        .contains("relabelling a profile", "StackOverflowError");
    assertThat(
            registry.get("stoker.component.profiles").tag("outcome", "received").counter().count())
        .isEqualTo(4);
  }

  @Test
  void outcomes_areRemembered_upToTheBound_andRightAfterwards() {
    ProfileRelabel relabel =
        relabel(
            3,
            Spec.of(Action.REPLACE, "pod").target("copy"),
            Spec.of(Action.LABELDROP).regex("pod"));
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5; i++) {
        relabel.append(profile(Labels.of("pod", "p" + i)));
      }
      relabel.append(profile(Labels.of("pod", "p4")));
    }

    assertThat(forwarded)
        .extracting(profile -> profile.labels().toMap().toString())
        .containsExactly(
            "{copy=p0}",
            "{copy=p1}",
            "{copy=p2}",
            "{copy=p3}",
            "{copy=p4}",
            "{copy=p4}",
            "{copy=p0}",
            "{copy=p1}",
            "{copy=p2}",
            "{copy=p3}",
            "{copy=p4}",
            "{copy=p4}");
    assertThat(registry.get("pyroscope.relabel.cache.size").gauge().value()).isEqualTo(3);
    assertThat(registry.get("pyroscope.relabel.cache.hits").functionCounter().count()).isEqualTo(2);
  }

  @Test
  void stop_takesItsMetricsAway() {
    ProfileRelabel relabel = relabel(3);
    relabel.stop();
    relabel.stop();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void sampleRules_dropKeepRenameAndHash_onTheLabelsInside() {
    ProfileRelabel relabel =
        samples(
            0,
            Spec.of(Action.DROP, "route").regex("/health"),
            Spec.of(Action.LABELMAP).regex("http\\.(.+)").replacement("$1"),
            Spec.of(Action.LABELDROP).regex("http\\..+|trace"),
            Spec.of(Action.HASHMOD, "user").target("user").modulus(10));

    assertThat(
            relabel.append(
                profile(
                    MUTEX,
                    body(
                        "route=/health",
                        "http.method=GET,user=ann",
                        "http.method=GET,trace=1,user=ann",
                        ""))))
        .isTrue();
    assertThat(forwarded).as("the work is under way").isEmpty();
    editAll();

    assertThat(samples(forwarded.get(0).body()))
        .isEqualTo(Map.of("method=GET,user=4", 5L, "user=8", 4L));
    assertThat(forwarded.get(0).labels()).isEqualTo(MUTEX);
    assertThat(registry.get("stoker.relabel.samples.dropped").counter().count()).isEqualTo(1);
    assertThat(relabel.books().snapshot().left()).containsEntry(ComponentBooks.Outcome.OFFERED, 1L);
    assertThat(relabel.books().snapshot().underWay()).isZero();
  }

  @Test
  void sampleRulesThatChangeNothing_passTheSameBytes() {
    ProfileRelabel relabel = samples(10, Spec.of(Action.LABELDROP).regex("other"));
    byte[] body = body("a=1", "a=2");
    relabel.append(profile(MUTEX, body));
    editAll();
    assertThat(forwarded.get(0).body()).isSameAs(body);
  }

  @Test
  void profileWithoutASampleLeft_isRuledOut() {
    ProfileRelabel relabel = samples(0, Spec.of(Action.KEEP, "a").regex("x"));
    assertThat(relabel.append(profile(MUTEX, body("a=1", "")))).isTrue();
    editAll();
    assertThat(forwarded).isEmpty();
    assertThat(dropped("samples")).isEqualTo(1);
    assertThat(relabel.books().snapshot().left())
        .containsEntry(ComponentBooks.Outcome.RULED_OUT, 1L);
  }

  @Test
  void labelSetsOverTheCap_loseTheirLabels_theLargestStay_andTheTotalIsExact() {
    ProfileRelabel relabel = samples(3);
    relabel.append(profile(MUTEX, body("a=1", "a=2", "a=3", "a=1", "")));
    editAll();
    assertThat(samples(forwarded.get(0).body())).isEqualTo(Map.of("a=1", 5L, "a=3", 3L, "", 7L));
    assertThat(registry.get("stoker.relabel.label.sets.merged").counter().count()).isEqualTo(1);
  }

  @Test
  void bodyThatCannotBeRead_isNotSentWithItsLabels() {
    ProfileRelabel relabel = samples(0, Spec.of(Action.LABELDROP).regex("secret"));
    relabel.append(profile(MUTEX, new byte[] {1, 2, 3}));
    editAll();
    assertThat(forwarded).isEmpty();
    assertThat(dropped("unreadable")).isEqualTo(1);
    assertThat(relabel.books().snapshot().left()).containsEntry(ComponentBooks.Outcome.REFUSED, 1L);
    assertThat(relabel.summary()).contains("sample_rules: body is no");
  }

  @Test
  void moreThanMemoryMayHold_isRefused_untilSomeAreDone() {
    ProfileRelabel relabel = samples(1);
    byte[] large = new byte[10 << 20];
    assertThat(relabel.append(profile(MUTEX, large))).isTrue();
    assertThat(relabel.append(profile(MUTEX, large))).isFalse();
    assertThat(dropped("busy")).isEqualTo(1);
    boolean[] idle = {false};
    underWay.whenIdle(() -> idle[0] = true);
    assertThat(idle[0]).isFalse();
    editAll();
    assertThat(idle[0]).isTrue();
    assertThat(relabel.append(profile(MUTEX, large))).isTrue();
  }

  /** The second one begins only when the first has handed its profile on. */
  @Test
  void chained_areIdleWhenTheLastHasHandedItOn() {
    SimpleMeterRegistry others = new SimpleMeterRegistry();
    ProfileRelabel second = samples(1);
    ProfileRelabel first =
        new ProfileRelabel(
            new ProfileRelabelConfig(
                "pyroscope.relabel.first",
                List.of(),
                new Relabeler(List.of()),
                1,
                new SampleRules(new Relabeler(List.of()), 1)),
            new ProfileRelabel.Way(
                second,
                (body, editor, done, failed) -> edits.add(() -> edit(body, editor, done, failed)),
                new Verdicts(),
                underWay),
            others);
    assertThat(first.append(profile(MUTEX, body("a=1")))).isTrue();
    boolean[] idle = {false};
    underWay.whenIdle(() -> idle[0] = true);
    first.stop(); // a reload has replaced it
    List<Runnable> atFirst = List.copyOf(edits);
    edits.clear();
    atFirst.forEach(Runnable::run);
    assertThat(forwarded).isEmpty();
    assertThat(idle[0]).as("the second one edits it").isFalse();
    editAll();
    assertThat(forwarded).hasSize(1);
    assertThat(idle[0]).isTrue();
  }

  private ProfileRelabel relabel(int cache, Spec... rules) {
    return relabel(cache, new Relabeler(rules(rules)), SampleRules.NONE);
  }

  private ProfileRelabel samples(int cap, Spec... rules) {
    return relabel(1, new Relabeler(List.of()), new SampleRules(new Relabeler(rules(rules)), cap));
  }

  private static List<RelabelRule> rules(Spec... rules) {
    return Stream.of(rules).map(RelabelRule::new).toList();
  }

  private ProfileRelabel relabel(int cache, Relabeler relabeler, SampleRules samples) {
    return new ProfileRelabel(
        new ProfileRelabelConfig("pyroscope.relabel.r", List.of(), relabeler, cache, samples),
        new ProfileRelabel.Way(
            profile -> {
              if (broken) {
                throw new StackOverflowError();
              }
              forwarded.add(profile);
              return accept;
            },
            (body, editor, done, failed) -> edits.add(() -> edit(body, editor, done, failed)),
            new Verdicts(),
            underWay),
        registry);
  }

  private static void edit(
      byte[] body,
      SampleLabels.Editor editor,
      Consumer<SampleLabels.Edited> done,
      Consumer<Throwable> failed) {
    SampleLabels.Edited edited;
    try (Workspace workspace = new Workspace()) {
      edited = SampleLabels.edit(body, 1 << 20, editor, workspace);
    } catch (MalformedProfileException malformed) {
      failed.accept(malformed);
      return;
    }
    done.accept(edited);
  }

  private void editAll() {
    edits.forEach(Runnable::run);
    edits.clear();
  }

  /** Each sample: its labels; its value is its number, from 1. */
  private static byte[] body(String... samples) {
    Pprof.Profile.Builder profile =
        Pprof.Profile.newBuilder()
            .addStringTable("")
            .addSampleType(Pprof.ValueType.newBuilder())
            .addLocation(Pprof.Location.newBuilder().setId(1).setAddress(16));
    for (int i = 0; i < samples.length; i++) {
      Pprof.Sample.Builder sample = Pprof.Sample.newBuilder().addLocationId(1).addValue(i + 1);
      for (String label : samples[i].isEmpty() ? new String[0] : samples[i].split(",")) {
        String[] pair = label.split("=", 2);
        profile.addStringTable(pair[0]).addStringTable(pair[1]);
        int last = profile.getStringTableCount() - 1;
        sample.addLabel(Pprof.Label.newBuilder().setKey(last - 1).setStr(last));
      }
      profile.addSample(sample);
    }
    return profile.build().toByteArray();
  }

  private static Map<String, Long> samples(byte[] body) {
    Map<String, Long> series = new TreeMap<>();
    try {
      Pprof.Profile profile = Pprof.Profile.parseFrom(Gzip.inflate(body, 1 << 20));
      for (Pprof.Sample sample : profile.getSampleList()) {
        List<String> labels =
            sample.getLabelList().stream()
                .map(
                    label ->
                        profile.getStringTable((int) label.getKey())
                            + "="
                            + profile.getStringTable((int) label.getStr()))
                .sorted()
                .toList();
        series.merge(String.join(",", labels), sample.getValue(0), Long::sum);
      }
    } catch (MalformedProfileException | InvalidProtocolBufferException broken) {
      throw new AssertionError(broken);
    }
    return series;
  }

  private static Profile profile(Labels labels, byte[] body) {
    return new Profile(labels, body, 0);
  }

  private double dropped(String reason) {
    return registry
        .get("pyroscope.relabel.profiles.dropped")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private static Profile profile(Labels labels) {
    return new Profile(labels, new byte[0], 0);
  }
}
