package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.Workspace;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A hostile body: many mappings, and many locations that are known by their mapping alone. */
class ManyMappingsTest {
  private static final int MANY = 150_000;

  @Test
  void workGrowsWithTheBody_notWithItsSquare() throws Exception {
    byte[] body = body();
    DeltaOutcome outcome =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30),
            () -> {
              try (Workspace workspace = new Workspace()) {
                DeltaComputer computer =
                    Computers.computer(CumulativeTypes.of("goroutine"), KeptTypes.ALL);
                return computer.compute(body, 64 << 20, 1, workspace);
              }
            });
    assertThat(outcome).isInstanceOf(DeltaOutcome.Delta.class);
  }

  private static byte[] body() {
    Pprof.Profile.Builder profile =
        Pprof.Profile.newBuilder().addStringTable("").addStringTable("n").addStringTable("/lib");
    profile.addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(1));
    for (int i = 1; i <= MANY; i++) {
      profile.addMapping(Pprof.Mapping.newBuilder().setId(i).setFilename(2));
      profile.addLocation(Pprof.Location.newBuilder().setId(i).setMappingId(MANY));
    }
    profile.addSample(Pprof.Sample.newBuilder().addLocationId(1).addValue(1));
    return profile.build().toByteArray();
  }
}
