package dev.stoker.otlp.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.delta.Life;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspace;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * From pprof to OTLP over the raw bytes, against the object models of both. Count and seed: <code>
 * -Dstoker.fuzz.cases</code>, <code>-Dstoker.fuzz.seed</code>.
 */
class ProfileEncoderFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261129);
  private static final int LIMIT = 1 << 22;
  private static final Series SERIES = new Series(Labels.of("service_name", "a"), 1);

  @Test
  void anyProfile_isTheSame_perStackLabelAndValue() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        Random random = new Random(SEED + i);
        Pprof.Profile profile = changed(new Life(random).next(), random);
        byte[] plain = profile.toByteArray();
        byte[] body = random.nextBoolean() ? plain : Gzip.deflate(plain, plain.length, 1);

        Encoded encoded = ProfileEncoder.encode(body, SERIES, LIMIT, workspace);

        assertThat(Views.of(parse(encoded))).as("seed " + (SEED + i)).isEqualTo(Views.of(profile));
        assertThat(encoded.profiles()).isEqualTo(profile.getSampleTypeCount());
      }
    }
  }

  @Test
  void damagedBody_isRefusedOrBecomesARequestThatCanBeRead() throws Exception {
    Random random = new Random(SEED);
    int refused = 0;
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        byte[] body = changed(new Life(random).next(), random).toByteArray();
        for (int flips = random.nextInt(6); flips >= 0; flips--) {
          body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
        try {
          Views.of(parse(ProfileEncoder.encode(body, SERIES, LIMIT, workspace)));
        } catch (MalformedProfileException expected) {
          refused++;
        }
      }
    }
    assertThat(refused).isBetween(1, CASES);
  }

  private static ExportProfilesServiceRequest parse(Encoded encoded) throws Exception {
    return ExportProfilesServiceRequest.parseFrom(Gzip.inflate(encoded.request(), LIMIT));
  }

  /**
   * What a life of a target does not have: inlined frames, numbers, flags, addresses of 64 bits.
   */
  private static Pprof.Profile changed(Pprof.Profile profile, Random random) {
    Pprof.Profile.Builder builder = profile.toBuilder();
    int text = builder.getStringTableCount();
    builder.addStringTable("größe").addStringTable("bytes");
    for (Pprof.Sample.Builder sample : builder.getSampleBuilderList()) {
      if (random.nextInt(4) == 0) {
        sample.addLabel(
            Pprof.Label.newBuilder()
                .setKey(text)
                .setNum(random.nextBoolean() ? random.nextInt(99) : random.nextLong())
                .setNumUnit(random.nextBoolean() ? text + 1 : 0));
      }
      if (random.nextInt(9) == 0) {
        sample.clearLocationId();
      }
      if (random.nextInt(9) == 0) {
        sample.setValue(0, random.nextLong());
      }
    }
    for (Pprof.Location.Builder location : builder.getLocationBuilderList()) {
      if (random.nextInt(4) == 0 && location.getLineCount() > 0) {
        location.addLine(location.getLine(0).toBuilder().setLine(random.nextInt(999)));
      }
      if (random.nextInt(4) == 0) {
        location.setAddress(random.nextLong()).setIsFolded(random.nextBoolean());
      }
    }
    for (Pprof.Mapping.Builder mapping : builder.getMappingBuilderList()) {
      mapping.setHasFunctions(random.nextBoolean()).setMemoryLimit(random.nextLong());
    }
    return builder.build();
  }
}
