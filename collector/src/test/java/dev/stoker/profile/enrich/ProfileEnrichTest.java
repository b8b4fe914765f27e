package dev.stoker.profile.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileEnrichTest {
  private static final Labels PUSHED =
      Labels.of("__name__", "process_cpu", "service_name", "shop", "__peer_address__", "10.0.0.1");
  private static final Labels POD = Labels.of("ip", "10.0.0.1", "pod", "shop-1", "team", "blue");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Labels> forwarded = new ArrayList<>();
  private final List<Labels> asked = new ArrayList<>();
  private boolean accept = true;
  private boolean broken;

  private final Appender next =
      new Appender() {
        @Override
        public boolean append(Profile profile) {
          if (broken) {
            throw new IllegalStateException("a bug");
          }
          forwarded.add(profile.labels());
          return accept;
        }

        @Override
        public boolean hasRoom(Profile profile, Room batch) {
          asked.add(profile.labels());
          return accept;
        }
      };

  private ProfileEnrich enrich(String... copy) {
    EnrichConfig config =
        new EnrichConfig(
            "pyroscope.enrich.e",
            List.of(),
            new EnrichConfig.Match("ip", "__peer_address__"),
            List.of(copy),
            List.of("pyroscope.write.w"));
    return new ProfileEnrich(config, next, registry);
  }

  private static Profile profile(Labels labels) {
    return new Profile(labels, new byte[] {1}, 7);
  }

  private double counted(String outcome) {
    return registry.get("stoker.enrich.profiles").tag("outcome", outcome).counter().count();
  }

  @Test
  void aProfile_getsTheLabelsOfItsTarget_inPlaceOfItsOwn_andItsRoomIsAskedForWithThem() {
    ProfileEnrich enrich = enrich("pod", "team");
    enrich.targets(TargetList.of(List.of(POD)));
    Labels own = PUSHED.toBuilder().set("team", "unknown").build();
    Labels expected = PUSHED.toBuilder().set("pod", "shop-1").set("team", "blue").build();

    assertThat(enrich.hasRoom(profile(own), new Room())).isTrue();
    assertThat(enrich.append(profile(own))).isTrue();

    assertThat(asked).containsExactly(expected);
    assertThat(forwarded).containsExactly(expected);
    assertThat(counted("matched")).isEqualTo(1);
  }

  @Test
  void aProfileWithoutATarget_goesOnAsItCame_andTheValueIsSaid() {
    ProfileEnrich enrich = enrich();
    assertThat(enrich.append(profile(PUSHED))).isTrue();
    enrich.targets(TargetList.of(List.of(Labels.of("ip", "10.9.9.9"), Labels.of("pod", "x"))));
    assertThat(enrich.append(profile(PUSHED))).isTrue();

    assertThat(forwarded).containsExactly(PUSHED, PUSHED);
    assertThat(counted("unmatched")).isEqualTo(2);
    assertThat(enrich.summary())
        .isEqualTo(
            "0 profiles enriched, 2 without a target; the last had __peer_address__ = \"10.0.0.1\";"
                + " targets by ip: 1 value, 1 target without it");
  }

  @Test
  void aRefusal_isPassedOn_andABugCostsOneProfile() {
    ProfileEnrich enrich = enrich();
    accept = false;
    assertThat(enrich.append(profile(PUSHED))).isFalse();
    broken = true;
    assertThat(enrich.append(profile(PUSHED))).isFalse();
    broken = false;
    accept = true;
    assertThat(enrich.append(profile(PUSHED))).isTrue();

    assertThat(enrich.books().snapshot().left().toString())
        .contains("REFUSED=1", "FAILED=1", "OFFERED=1");
  }

  @Test
  void anotherConfig_keepsTheTargetsUntilItGetsItsOwn_whenItLooksForTheSame() {
    ProfileEnrich before = enrich("pod");
    before.targets(TargetList.of(List.of(POD)));
    ProfileEnrich same = enrich("pod");
    same.targets(before);
    ProfileEnrich other = enrich("team");
    other.targets(before);

    same.append(profile(PUSHED));
    other.append(profile(PUSHED));

    assertThat(forwarded).containsExactly(PUSHED.toBuilder().set("pod", "shop-1").build(), PUSHED);
  }
}
