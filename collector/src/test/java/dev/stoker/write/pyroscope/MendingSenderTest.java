package dev.stoker.write.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.queue.OutgoingProfile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server says about labels decides what it gets. */
class MendingSenderTest {
  private static final String LONG = "ü".repeat(1_500);
  private static final Labels LABELS = Labels.of("__name__", "process_cpu", "service_name", "s");

  private final Vertx vertx = Vertx.vertx();
  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<OutgoingProfile> pushed = new ArrayList<>();
  private final List<String> mended = new ArrayList<>();
  private final LabelMemory memory = new LabelMemory();
  private final Verdicts verdicts = new Verdicts();
  private final Server server = new Server();
  private final Sender sender =
      new MendingSender(server, "main", memory, TestServices.of(vertx, timers, registry, verdicts));

  /** Pyroscope's rules and words, as far as they are switched on. */
  private final class Server implements Sender {
    private boolean names;
    private boolean values;
    private int number = 1_000;
    private int numberAfterMending = 1_000;
    private String always = "";

    @Override
    public Future<SendResult> send(OutgoingProfile push) {
      pushed.add(push);
      String answer = always.isEmpty() ? complaint(push) : always;
      return Future.succeededFuture(
          answer.isEmpty()
              ? new SendResult.Accepted()
              : new SendResult.Rejected("400 " + answer, LabelComplaint.of(answer, false)));
    }

    private String complaint(OutgoingProfile push) {
      for (String series : samples(push.body()).keySet()) {
        int labels = push.labels().size() + (series.isEmpty() ? 0 : series.split(",").length);
        if (labels > number) {
          String answer = "profile series '{}' has " + labels + " label names; limit " + number;
          number = Math.min(number, numberAfterMending);
          return answer;
        }
        for (String label : series.isEmpty() ? new String[0] : series.split(",")) {
          String[] pair = label.split("=", 2);
          if (values && pair[1].getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 2048) {
            return "profile with labels '{}' has label value too long: '" + pair[1] + "'";
          }
          if (names && !pair[0].matches("[a-zA-Z0-9_.]+")) {
            return "invalid labels '{}' with error: invalid label name '" + pair[0] + "'";
          }
        }
      }
      return "";
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  @AfterEach
  void close() {
    vertx.close();
  }

  @Test
  void serverThatTakesEverything_getsTheSameBytes() {
    byte[] body = body("process-description=" + LONG, "");

    assertThat(send(body)).isInstanceOf(SendResult.Accepted.class);

    assertThat(pushed).hasSize(1);
    assertThat(pushed.get(0).body()).isSameAs(body);
    assertThat(registry.get("stoker.sample.labels.mended").counters())
        .hasSize(4)
        .allMatch(counter -> counter.count() == 0);
  }

  @Test
  void refusedProfile_isMendedAndSentAgain_andTheNextOneMendedFirst() {
    server.names = true;

    assertThat(send(body("process-description=a", "process-description=a,x=" + LONG)))
        .isInstanceOf(SendResult.Accepted.class);
    assertThat(pushed).hasSize(2);
    assertThat(samples(pushed.get(1).body()))
        .isEqualTo(Map.of("process_description=a", 1L, "process_description=a,x=" + LONG, 2L));

    assertThat(send(body("local root span id=7"))).isInstanceOf(SendResult.Accepted.class);
    assertThat(pushed).as("mended before it is sent").hasSize(3);
    assertThat(samples(pushed.get(2).body())).isEqualTo(Map.of("local_root_span_id=7", 1L));
    assertThat(mended("name")).isEqualTo(2);
    assertThat(mended)
        .containsExactly(
            "main labels renamed: process-description", "main labels renamed: local root span id");
  }

  @Test
  void allThreeKindsAtOnce_arriveWithOneProfile() {
    server.names = true;
    server.values = true;
    server.number = 4;

    assertThat(send(body("a-b=1", "x=" + LONG, "c=1,d=1,e=1,f=1", "c=1,d=1")))
        .isInstanceOf(SendResult.Accepted.class);

    assertThat(pushed).as("once more for each kind").hasSize(4);
    assertThat(samples(pushed.get(3).body()))
        .isEqualTo(Map.of("a_b=1", 1L, "x=" + "ü".repeat(1024), 2L, "c=1,d=1", 7L));
    assertThat(send(body("a-b=1"))).isInstanceOf(SendResult.Accepted.class);
    assertThat(pushed).hasSize(5);
  }

  @Test
  void secondRefusalOfTheSameKind_isARejection() {
    server.always = "invalid labels '{}' with error: invalid label name 'x'";

    assertThat(send(body("a-b=1"))).isInstanceOf(SendResult.Rejected.class);
    assertThat(pushed).hasSize(2);
    assertThat(mended).isEmpty();
    assertThat(mended("name")).isZero();
  }

  @Test
  void serverThatTakesFewerThanBefore_isHeeded() {
    server.number = 5;
    send(body("c=1,d=1,e=1,f=1"));
    server.number = 4;

    assertThat(send(body("c=1,d=1,e=1,f=1"))).isInstanceOf(SendResult.Accepted.class);

    assertThat(samples(pushed.get(pushed.size() - 1).body())).isEqualTo(Map.of("c=1,d=1", 1L));
    int before = pushed.size();
    assertThat(send(body("c=1,d=1,e=1,f=1"))).isInstanceOf(SendResult.Accepted.class);
    assertThat(pushed).as("mended before it is sent").hasSize(before + 1);
  }

  @Test
  void secondRefusal_isARejection_andTheNextProfilePasses() {
    server.number = 5;
    server.numberAfterMending = 4;

    assertThat(send(body("c=1,d=1,e=1,f=1"))).isInstanceOf(SendResult.Rejected.class);
    assertThat(pushed).hasSize(2);

    assertThat(send(body("c=1,d=1,e=1,f=1"))).isInstanceOf(SendResult.Accepted.class);
    assertThat(pushed).as("mended before it is sent").hasSize(3);
    assertThat(samples(pushed.get(2).body())).isEqualTo(Map.of("c=1,d=1", 1L));
  }

  @Test
  void nothingToMend_isARejectionAtOnce_andNothingIsRemembered() {
    server.always = "profile with labels '{}' has label value too long: 'of the target'";

    assertThat(send(body("a=1"))).isInstanceOf(SendResult.Rejected.class);
    assertThat(pushed).hasSize(1);
    assertThat(memory.limits(timers.nanoTime() / 1_000_000).isNone()).isTrue();
  }

  @Test
  void otherRejection_isLeftAlone() {
    server.always = "invalid_argument: profile is too old";

    assertThat(send(body("a-b=1"))).isInstanceOf(SendResult.Rejected.class);
    assertThat(pushed).hasSize(1);
  }

  @Test
  void afterADay_theServerIsAskedAgain() {
    server.names = true;
    send(body("a-b=1"));
    server.names = false;
    timers.advance(LabelMemory.MILLIS - 1);
    send(body("a-b=1"));
    assertThat(samples(pushed.get(2).body())).containsOnlyKeys("a_b=1");

    timers.advance(1);
    byte[] body = body("a-b=1");
    send(body);
    assertThat(pushed.get(3).body()).isSameAs(body);
  }

  @Test
  void bodyThatCannotBeRead_goesAsItIs() {
    server.names = true;
    send(body("a-b=1"));

    byte[] broken = {1, 2, 3};
    server.always = "400 pprof";
    assertThat(send(broken)).isInstanceOf(SendResult.Rejected.class);
    assertThat(pushed.get(2).body()).isSameAs(broken);
  }

  @Test
  void wordsOfPyroscope_areUnderstood() {
    assertThat(LabelComplaint.of("profile series '{a=\"b\"}' has 34 label names; limit 30", false))
        .isEqualTo(new LabelComplaint(LabelComplaint.Kind.NUMBER, 30));
    assertThat(
            LabelComplaint.of(
                "the profile with labels '{}' exceeds the sample labels limit"
                    + " (max_profile_stacktrace_sample_labels, actual: 120, limit: 100)",
                false))
        .isEqualTo(new LabelComplaint(LabelComplaint.Kind.NUMBER, 30));
    assertThat(LabelComplaint.of("profile with labels '{}' has label name too long: 'x'", false))
        .isEqualTo(new LabelComplaint(LabelComplaint.Kind.NAMES, 0));
    assertThat(LabelComplaint.of("profile with labels '{}' has duplicate label name: 'x'", false))
        .isEqualTo(new LabelComplaint(LabelComplaint.Kind.NAMES, 0));
    assertThat(LabelComplaint.of("profile with labels '{x=\"aaa", true))
        .isEqualTo(new LabelComplaint(LabelComplaint.Kind.VALUES, 2048));
    assertThat(LabelComplaint.of("profile with labels '{}' is outside of ingestion window", false))
        .isNull();
  }

  private SendResult send(byte[] body) {
    int listener =
        verdicts.open(
            new Verdicts.Listener() {
              @Override
              public void offered(int profile) {}

              @Override
              public void taken(int profile) {}

              @Override
              public void refused(int profile, String endpoint, String answer) {}

              @Override
              public void mended(int profile, String endpoint, String what) {
                mended.add(endpoint + " " + what);
              }
            });
    Profile profile = new Profile(LABELS, body, timers.wallMillis(), Verdicts.origin(listener, 1));
    Future<SendResult> result = sender.send(OutgoingProfile.of(profile, ""));
    assertThat(result.succeeded()).isTrue();
    verdicts.close(listener);
    return result.result();
  }

  private double mended(String reason) {
    return registry.get("stoker.sample.labels.mended").tag("reason", reason).counter().count();
  }

  /** Each sample: its labels; its value is its number, from 1. */
  private static byte[] body(String... samples) {
    Pprof.Profile.Builder profile =
        Pprof.Profile.newBuilder()
            .addStringTable("")
            .addStringTable("cpu")
            .addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(1))
            .addLocation(Pprof.Location.newBuilder().setId(1).setAddress(16))
            .setTimeNanos(5);
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
    byte[] plain = profile.build().toByteArray();
    return Gzip.deflate(plain, plain.length, 6);
  }

  /** Labels of each series, to its value. */
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
    } catch (Exception broken) {
      return Map.of();
    }
    return series;
  }
}
