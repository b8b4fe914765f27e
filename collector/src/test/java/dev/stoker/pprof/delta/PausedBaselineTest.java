package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.Workspace;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of a profile when there is no memory for its baseline. */
class PausedBaselineTest {
  private static final Set<String> MEMORY = CumulativeTypes.of("memory");
  private static final long TABLE = StackTable.bytes(1, 3);
  private final Workspace workspace = new Workspace();

  @Test
  void withoutMemory_momentaryValuesGoOn_andCumulativeOnesAreZero() throws Exception {
    BaselineBudget budget = new BaselineBudget(TABLE);
    DeltaComputer computer = computer(budget);
    DeltaOutcome outcome = computer.compute(body(3, 10), 0, 1, workspace);
    assertThat(computer.isPaused()).isTrue();
    assertThat(values(outcome)).containsExactly(List.of(0L, 1L), List.of(0L, 1L), List.of(0L, 1L));
    computer.settle(true);
    assertThat(computer.baseline()).isNull();
    assertThat(budget.used()).isZero();
  }

  @Test
  void whenThereIsRoomAgain_aNewBaselineBegins_andTheGapIsSaid() throws Exception {
    BaselineBudget budget = new BaselineBudget(3 * TABLE);
    BaselineBudget.Lease other = budget.lease();
    DeltaComputer computer = computer(budget);
    computer.compute(body(3, 10), 0, 1, workspace);
    computer.settle(true);
    assertThat(computer.isPaused()).isFalse();
    assertThat(budget.used()).isEqualTo(TABLE);

    assertThat(other.resize(2 * TABLE)).isTrue();
    DeltaOutcome paused = computer.compute(body(100, 20), 0, 2, workspace);
    computer.settle(true);
    assertThat(computer.isPaused()).isTrue();
    assertThat(values(paused)).hasSize(100).allMatch(row -> row.equals(List.of(0L, 1L)));
    assertThat(budget.used()).isEqualTo(2 * TABLE);

    other.close();
    DeltaOutcome again = computer.compute(body(3, 30), 0, 3, workspace);
    computer.settle(true);
    assertThat(computer.isPaused()).isFalse();
    assertThat(again.gap()).isTrue();
    assertThat(values(again)).allMatch(row -> row.equals(List.of(0L, 1L)));
    DeltaOutcome next = computer.compute(body(3, 40), 0, 4, workspace);
    assertThat(next.gap()).isFalse();
    assertThat(values(next)).allMatch(row -> row.equals(List.of(10L, 1L)));
  }

  @Test
  void theLargestGivesWay_toSmallOnes_andStaysPausedForAWhile() throws Exception {
    BaselineBudget budget = new BaselineBudget(StackTable.bytes(1, 2_000) + 3 * TABLE);
    DeltaComputer huge = computer(budget);
    huge.compute(body(2_000, 10), 0, 1, workspace);
    huge.settle(true);
    assertThat(huge.isPaused()).isFalse();
    int running = 0;
    DeltaComputer[] small = new DeltaComputer[10];
    for (int i = 0; i < small.length; i++) {
      small[i] = computer(budget);
    }
    for (int round = 1; round < 5; round++) {
      huge.compute(body(2_000, 10 + round), 0, round, workspace);
      huge.settle(true);
      running = 0;
      for (DeltaComputer one : small) {
        one.compute(body(3, 10 * round), 0, round, workspace);
        one.settle(true);
        running += one.isPaused() ? 0 : 1;
      }
    }
    assertThat(running).isEqualTo(10);
    assertThat(huge.isPaused()).isTrue();
  }

  @Test
  void moreValuesThanAreSummed_areMalformed() {
    DeltaComputer computer = computer(new BaselineBudget(1 << 30));
    Pprof.Profile.Builder profile = profile(300_000, 1).toBuilder();
    for (int type = 2; type < 60; type++) {
      profile.addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2));
    }
    byte[] body = profile.build().toByteArray();
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> computer.compute(body, 0, 1, workspace)))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("300000 samples of 60 values");
  }

  private static DeltaComputer computer(BaselineBudget budget) {
    return new DeltaComputer(MEMORY, KeptTypes.ALL, 0, budget.lease());
  }

  private static byte[] body(int stacks, long value) {
    return profile(stacks, value).toByteArray();
  }

  /** Two types, alloc_space and inuse_space; every stack has this value and 1. */
  private static Pprof.Profile profile(int stacks, long value) {
    Pprof.Profile.Builder profile = Pprof.Profile.newBuilder();
    for (String text : List.of("", "alloc_space", "bytes", "inuse_space")) {
      profile.addStringTable(text);
    }
    profile.addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2));
    profile.addSampleType(Pprof.ValueType.newBuilder().setType(3).setUnit(2));
    for (int i = 1; i <= stacks; i++) {
      profile.addLocation(Pprof.Location.newBuilder().setId(i).setAddress(0x1000 + i * 16L));
      profile.addSample(Pprof.Sample.newBuilder().addLocationId(i).addValue(value).addValue(1));
    }
    return profile.setTimeNanos(1_800_000_000_000_000_000L + value).build();
  }

  private static List<List<Long>> values(DeltaOutcome outcome) throws Exception {
    byte[] body = ((DeltaOutcome.Delta) outcome).body();
    try (java.util.zip.GZIPInputStream in =
        new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(body))) {
      return Pprof.Profile.parseFrom(in).getSampleList().stream()
          .map(Pprof.Sample::getValueList)
          .<List<Long>>map(List::copyOf)
          .toList();
    }
  }
}
