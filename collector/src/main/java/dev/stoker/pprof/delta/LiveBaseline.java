package dev.stoker.pprof.delta;

import dev.stoker.pprof.wire.SampleTypes;
import dev.stoker.pprof.wire.StackHasher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The baseline of one {@link DeltaComputer}: what each stack had in the last body whose delta was
 * accepted, and the memory that this takes. Each body has a number, its generation; stacks that
 * were seen in the baseline's generation or later belong to it. One user at a time.
 */
final class LiveBaseline {
  private static final int NONE = 0;

  private final BaselineBudget.Lease memory;
  private List<String> layout = List.of();
  private StackTable table = new StackTable(0, 0);
  private long[] totals = new long[0];
  private long buildId;

  /** Time of the last delta that was accepted, Unix nanoseconds. */
  private long timeNanos;

  /** Slots marked with this or later belong to the baseline; {@link #NONE} = there is none. */
  private int since = NONE;

  /** Number of the body that is being worked on. */
  private int generation = NONE;

  /** The baseline is from another computer, and no delta against it was accepted yet. */
  private boolean restored;

  /** There was a baseline, and nothing was accepted since. */
  private boolean lost;

  /**
   * @param timeNanos the first body has to be later, Unix nanoseconds
   * @param memory of the baseline; one that is restored is counted in it already
   */
  LiveBaseline(long timeNanos, BaselineBudget.Lease memory) {
    this.timeNanos = timeNanos;
    this.memory = memory;
  }

  /** Before the first body. */
  void restore(DeltaBaseline from) {
    layout = from.layout();
    table = from.table();
    totals = from.totals();
    buildId = from.buildId() == StackHasher.EMPTY_BUILD_ID ? 0 : from.buildId();
    timeNanos = from.timeNanos();
    since = from.since();
    generation = from.generation();
    restored = true;
  }

  /** Null = nothing was accepted yet. */
  @Nullable DeltaBaseline saved() {
    return since == NONE
        ? null
        : new DeltaBaseline(layout, totals.length, buildId, timeNanos, table, since, generation);
  }

  boolean exists() {
    return since != NONE;
  }

  boolean isLost() {
    return lost;
  }

  /** There is no baseline any more, and the next one begins after a gap. */
  void lose() {
    since = NONE;
    restored = false;
    lost = true;
  }

  /** Loses the baseline and gives its memory back. */
  void giveUp() {
    layout = List.of();
    table = new StackTable(0, 0);
    totals = new long[0];
    lose();
    memory.resize(0);
  }

  /** Others need the memory of this baseline, and it is the largest. */
  boolean mustGiveWay() {
    return memory.mustGiveWay();
  }

  /**
   * A baseline of other sample types cannot be compared, and is lost.
   *
   * @return false = there is no memory for a body of so many samples
   */
  boolean adopt(SampleTypes types, int samples) {
    if (types.names().equals(layout) && types.cumulative() == totals.length) {
      return table.fits(samples) || rebuild(samples + samples / 8, since);
    }
    if (!holds(table, types.cumulative(), samples)) {
      return false;
    }
    layout = types.names();
    table = new StackTable(types.cumulative(), samples);
    totals = new long[types.cumulative()];
    if (since != NONE) {
      lose();
    }
    return memory.resize(table.bytes());
  }

  /** A new body, or the same one once more. */
  void begin() {
    generation++;
  }

  int generation() {
    return generation;
  }

  /** Number of slots of the table. */
  int capacity() {
    return table.capacity();
  }

  /** The slot of a stack, made when there is none; −1 = the table is full. */
  int slot(long hash) {
    return table.slot(hash);
  }

  /** True = the stack is seen for the first time in this body. */
  boolean see(int slot) {
    if (table.seen(slot) == generation) {
      return false;
    }
    if (table.seen(slot) < since || since == NONE) {
      table.clear(slot);
    }
    table.mark(slot, generation);
    return true;
  }

  /** Makes room for so many stacks more; slots move. False = there is no memory for it. */
  boolean grow(int stacks) {
    return rebuild(table.size() + stacks, Math.min(since, generation));
  }

  private boolean rebuild(int stacks, int from) {
    int most = Math.max(stacks, table.size());
    if (!holds(table, totals.length, most)) {
      return false;
    }
    table = table.rebuilt(from, stacks);
    return memory.resize(table.bytes());
  }

  /** Both tables are there while one is copied into the other. */
  private boolean holds(StackTable old, int columns, int stacks) {
    return memory.resize(old.bytes() + StackTable.bytes(columns, stacks));
  }

  long value(int slot, int column) {
    return table.value(slot, column);
  }

  /** A restored baseline that does not fit the first body is of another life of the target. */
  void loseUnlessFits(long build, StackSums sums) {
    if (restored
        && (build != buildId
            || table.anyLower(since, generation, sums.rows(), sums.types().column()))) {
      lose();
    }
  }

  /** True = the target has restarted since: another build, or a lower total. */
  boolean isReset(long build, long[] sums) {
    if (since == NONE) {
      return false;
    }
    boolean lower = false;
    for (int i = 0; i < sums.length; i++) {
      lower |= sums[i] < totals[i];
    }
    return lower || build != buildId;
  }

  long timeNanos() {
    return timeNanos;
  }

  /** A delta without a baseline was accepted: the next one has to be later. */
  void accepted(long atNanos) {
    timeNanos = atNanos;
  }

  /** A delta was accepted: what moved is the baseline now. */
  void accepted(MovedStacks next) {
    int columns = totals.length;
    for (int i = 0; i < next.slots().length; i++) {
      for (int column = 0; column < columns; column++) {
        table.set(next.slots()[i], column, next.values()[i * columns + column]);
      }
    }
    totals = next.totals();
    buildId = next.buildId();
    timeNanos = next.timeNanos();
    since = next.generation();
    restored = false;
    lost = false;
    if (table.size() > next.stacks() + next.stacks() / 2 + 64) {
      table = table.rebuilt(since, next.stacks());
      memory.resize(table.bytes());
    }
  }
}
