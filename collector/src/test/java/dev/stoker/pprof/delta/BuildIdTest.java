package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.StackHasher;
import dev.stoker.pprof.wire.Workspace;
import java.io.ByteArrayOutputStream;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program without a build id may leave the field out, or write an empty one: it is the same. */
class BuildIdTest {
  private static final Set<String> MEMORY = CumulativeTypes.of("memory");

  /** Field 6 of a mapping, as a number that is 0: protobuf's own library leaves it out. */
  private static final byte[] EMPTY_BUILD_ID = {6 << 3, 0};

  @ParameterizedTest
  @ValueSource(longs = {0, 0x400000})
  void absentAndEmpty_areTheSameProcess(long address) throws Exception {
    try (Workspace workspace = new Workspace()) {
      DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
      accept(computer, profile(100, address, 0, false), workspace);

      assertDelta(accept(computer, profile(107, address, 0, true), workspace), 7);
      assertDelta(accept(computer, profile(110, address, 0, false), workspace), 3);
      DeltaOutcome other = accept(computer, profile(111, address, 5, false), workspace);
      assertThat(other.reset()).as("another build is another process").isTrue();
    }
  }

  /** Saved baselines of 0.1.0 have the hash of the empty text where there is none now. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void baselineOfAnOldBuild_goesOn(boolean empty) throws Exception {
    try (Workspace workspace = new Workspace()) {
      DeltaComputer before = Computers.computer(MEMORY, KeptTypes.ALL);
      accept(before, profile(100, 0x400000, 0, empty), workspace);
      DeltaBaseline saved = java.util.Objects.requireNonNull(before.baseline());
      DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
      computer.restore(
          new DeltaBaseline(
              saved.layout(),
              saved.columns(),
              empty ? StackHasher.mix(0xcbf29ce484222325L) : 0,
              saved.timeNanos(),
              saved.table(),
              saved.since(),
              saved.generation()));

      DeltaOutcome outcome = accept(computer, profile(107, 0x400000, 0, empty), workspace);
      assertDelta(outcome, 7);
      assertThat(outcome.gap()).isFalse();
    }
  }

  private static void assertDelta(DeltaOutcome outcome, long expected) throws Exception {
    assertThat(outcome.reset()).isFalse();
    assertThat(outcome).isInstanceOf(DeltaOutcome.Delta.class);
    byte[] body = ((DeltaOutcome.Delta) outcome).body();
    Pprof.Profile delta = Pprof.Profile.parseFrom(Gzip.inflate(body, 1 << 20));
    assertThat(delta.getSampleList()).singleElement().matches(s -> s.getValue(0) == expected);
  }

  private static DeltaOutcome accept(DeltaComputer computer, byte[] body, Workspace workspace)
      throws Exception {
    DeltaOutcome outcome = computer.compute(body, 1 << 20, 1_000, workspace);
    computer.settle(true);
    return outcome;
  }

  /**
   * @param empty an empty build id is written
   */
  private static byte[] profile(long value, long address, long buildId, boolean empty)
      throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Pprof.Profile.newBuilder()
        .setTimeNanos(value)
        .addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2))
        .addSample(Pprof.Sample.newBuilder().addLocationId(1).addValue(value))
        .addLocation(
            Pprof.Location.newBuilder()
                .setId(1)
                .setMappingId(1)
                .setAddress(address)
                .addLine(Pprof.Line.newBuilder().setFunctionId(1).setLine(3)))
        .addFunction(Pprof.Function.newBuilder().setId(1).setName(3))
        .addStringTable("")
        .addStringTable("alloc_objects")
        .addStringTable("count")
        .addStringTable("main.f")
        .addStringTable("/app")
        .addStringTable("another build")
        .build()
        .writeTo(body);
    byte[] mapping =
        Pprof.Mapping.newBuilder()
            .setId(1)
            .setFilename(4)
            .setBuildId(buildId)
            .build()
            .toByteArray();
    int length = mapping.length + (empty ? EMPTY_BUILD_ID.length : 0);
    body.write(new byte[] {3 << 3 | 2, (byte) length});
    body.write(mapping);
    if (empty) {
      body.write(EMPTY_BUILD_ID);
    }
    return body.toByteArray();
  }
}
