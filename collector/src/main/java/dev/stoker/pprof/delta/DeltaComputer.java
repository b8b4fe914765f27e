package dev.stoker.pprof.delta;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Growable.Ints;
import dev.stoker.pprof.wire.Growable.Longs;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.SampleReader;
import dev.stoker.pprof.wire.SampleTypes;
import dev.stoker.pprof.wire.StackHasher;
import dev.stoker.pprof.wire.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns cumulative profiles of one target into deltas, over the raw protobuf. The baseline moves in
 * two steps: {@link #compute}, then {@link #settle}, so that a delta which nobody took is in the
 * next one. Not thread-safe; hand-offs between threads must be ordered.
 *
 * <p>Rules: duplicates of a stack are summed. Another build id, or a lower total of a cumulative
 * sample type = the process restarted: the whole new profile is the delta. One lower stack while
 * the totals grow: its delta is 0. Never a negative. Stacks that vanish are forgotten. The first
 * profile has no baseline: its cumulative values are 0.
 *
 * <p>A baseline from before ({@link #restore}) must fit the first body: the same build id and
 * sample types, and every stack at least as high as it was. Otherwise the target may have restarted
 * meanwhile, at a time that nobody saw, and the profile counts as a first one after a gap. Go never
 * forgets a stack of these profiles (its runtime keeps the buckets); a writer that does costs
 * itself a gap at a restart of Stoker, never a wrong value.
 */
public final class DeltaComputer {
  private static final int NO_BASELINE = 0;

  /** What a sample's values may take while they are summed: 8 bytes each, on every CPU thread. */
  private static final long MAX_VALUES = 8_000_000;

  /** After it had to give way, a huge profile stays paused for so many bodies. */
  private static final int REST = 20;

  private final Set<String> cumulativeNames;
  private final KeptTypes kept;
  private List<String> layout = List.of();
  private StackTable table = new StackTable(0, 0);
  private long[] totals = new long[0];
  private long buildId;
  private long timeNanos;

  /** Slots marked with this or later belong to the baseline. */
  private int baseline = NO_BASELINE;

  private int generation = NO_BASELINE;
  private @Nullable Pending pending;

  /** The baseline is from before and was not accepted again yet. */
  private boolean restored;

  /** There was a baseline, and nothing was accepted since. */
  private boolean lost;

  private final BaselineBudget.Lease memory;
  private boolean paused;
  private long pausedNanos;
  private int rest;

  /**
   * @param kept what deltas hold; all types count for the baseline and for seeing restarts
   * @param sinceNanos when the loop came to be, Unix nanoseconds: a first body that is older may
   *     have been delivered in a life before, under the same time
   */
  public DeltaComputer(Set<String> cumulativeNames, KeptTypes kept, long sinceNanos) {
    this(cumulativeNames, kept, sinceNanos, BaselineBudget.unbounded().lease());
  }

  /**
   * @param memory of the baseline; one that is restored is counted in it already
   */
  public DeltaComputer(
      Set<String> cumulativeNames, KeptTypes kept, long sinceNanos, BaselineBudget.Lease memory) {
    this.cumulativeNames = Set.copyOf(cumulativeNames);
    this.kept = kept;
    this.timeNanos = sinceNanos;
    this.memory = memory;
  }

  /** Goes on from there; before the first {@link #compute}. */
  public void restore(DeltaBaseline from) {
    layout = from.layout();
    table = from.table();
    totals = from.totals();
    buildId = from.buildId() == StackHasher.EMPTY_BUILD_ID ? 0 : from.buildId();
    timeNanos = from.timeNanos();
    baseline = from.since();
    generation = from.generation();
    restored = true;
  }

  /** Forgets the baseline, or notes that there was one in a life before: the next is a gap. */
  public void lose() {
    baseline = NO_BASELINE;
    restored = false;
    lost = true;
  }

  /** There was no memory for a baseline: the cumulative values of the last body were left out. */
  public boolean isPaused() {
    return paused;
  }

  /** There was a baseline once, and a gap is to be counted. */
  boolean lost() {
    return lost;
  }

  /** To go on from later, by another computer; null = nothing was accepted yet. */
  public @Nullable DeltaBaseline baseline() {
    return baseline == NO_BASELINE
        ? null
        : new DeltaBaseline(layout, totals.length, buildId, timeNanos, table, baseline, generation);
  }

  /** What becomes the baseline when it is accepted: only what moved. */
  private record Pending(
      int generation,
      long[] totals,
      long buildId,
      long timeNanos,
      int stacks,
      int[] slots,
      long[] values) {}

  /**
   * @param scrapedAtNanos Unix nanoseconds, for bodies without a time of their own
   * @throws MalformedProfileException the baseline is as before
   */
  public DeltaOutcome compute(
      byte[] body, long maxInflated, long scrapedAtNanos, Workspace workspace)
      throws MalformedProfileException {
    pending = null;
    ProfileIndex index = workspace.index(body, maxInflated);
    SampleTypes types = SampleTypes.read(index, cumulativeNames);
    KeptTypes.Columns columns = kept.in(types);
    workspace.hasher().prepare();
    int samples = index.sampleStart.size;
    if ((long) samples * types.size() > MAX_VALUES) {
      throw new MalformedProfileException(
          "the profile has "
              + samples
              + " samples of "
              + types.size()
              + " values, more than are subtracted; look at what makes so many distinct stacks");
    }
    if (mustRest() || !adopt(types, samples)) {
      return pause(new Table(index, types, columns), scrapedAtNanos, workspace);
    }
    generation++;
    int stacks = gather(index, types, workspace);
    if (stacks < 0) {
      return pause(new Table(index, types, columns), scrapedAtNanos, workspace);
    }
    paused = false;
    long build = workspace.hasher().buildId();
    if (restored
        && (build != buildId
            || table.anyLower(baseline, generation, workspace.current, types.column()))) {
      lose();
    }
    long[] sums = totals(types, samples, workspace);
    boolean reset = baseline != NO_BASELINE && (build != buildId || anyLower(sums));
    long now = time(index, scrapedAtNanos);

    workspace.writer().begin(index, columns);
    boolean any = write(new Table(index, types, columns), reset, workspace);
    pending =
        moved(
            types,
            index,
            workspace,
            new Pending(generation, sums, build, now, stacks, new int[0], new long[0]));
    if (!any) {
      return new DeltaOutcome.Nothing(reset, lost);
    }
    long duration =
        baseline != NO_BASELINE && now > timeNanos ? now - timeNanos : index.durationNanos;
    return new DeltaOutcome.Delta(workspace.writer().finish(now, duration, workspace), reset, lost);
  }

  /**
   * After {@link #compute} that gave something, once.
   *
   * @param accepted the baseline moves; else the next delta covers both intervals
   */
  public void settle(boolean accepted) {
    Pending next = pending;
    pending = null;
    if (accepted && paused) {
      timeNanos = pausedNanos;
    }
    if (!accepted || next == null) {
      return;
    }
    int columns = totals.length;
    for (int i = 0; i < next.slots.length; i++) {
      for (int column = 0; column < columns; column++) {
        table.set(next.slots[i], column, next.values[i * columns + column]);
      }
    }
    totals = next.totals;
    buildId = next.buildId;
    timeNanos = next.timeNanos;
    baseline = next.generation;
    restored = false;
    lost = false;
    if (table.size() > next.stacks + next.stacks / 2 + 64) {
      table = table.rebuilt(baseline, next.stacks);
      memory.resize(table.bytes());
    }
  }

  private boolean mustRest() {
    if (memory.mustGiveWay()) {
      rest = REST;
    }
    return rest > 0 && rest-- > 0;
  }

  /** False = there is no memory for it. */
  private boolean adopt(SampleTypes types, int samples) {
    if (!types.names().equals(layout) || types.cumulative() != totals.length) {
      if (!holds(table, types.cumulative(), samples)) {
        return false;
      }
      layout = types.names();
      table = new StackTable(types.cumulative(), samples);
      totals = new long[types.cumulative()];
      if (baseline != NO_BASELINE) {
        lose();
      }
      return memory.resize(table.bytes());
    }
    return table.fits(samples) || rebuild(samples + samples / 8, baseline);
  }

  private boolean rebuild(int stacks, int since) {
    int most = Math.max(stacks, table.size());
    if (!holds(table, totals.length, most)) {
      return false;
    }
    table = table.rebuilt(since, stacks);
    return memory.resize(table.bytes());
  }

  /** Both tables are there while one is copied into the other. */
  private boolean holds(StackTable old, int columns, int stacks) {
    return memory.resize(old.bytes() + StackTable.bytes(columns, stacks));
  }

  /**
   * Without a baseline: the momentary values alone go on, and the next baseline begins after a gap.
   */
  private DeltaOutcome pause(Table profile, long scrapedAtNanos, Workspace workspace)
      throws MalformedProfileException {
    layout = List.of();
    table = new StackTable(0, 0);
    totals = new long[0];
    lose();
    memory.resize(0);
    paused = true;

    ProfileIndex index = profile.index();
    SampleTypes types = profile.types();
    workspace.writer().begin(index, profile.columns());
    long[] values = new long[types.size()];
    boolean any = false;
    for (int i = 0; i < index.sampleStart.size && types.cumulative() < types.size(); i++) {
      workspace.reader().read(index, i, types.size());
      boolean some = false;
      int n = 0;
      for (int type = 0; type < types.size(); type++) {
        if (profile.columns().keep()[type]) {
          values[n] = types.column()[type] < 0 ? workspace.reader().values()[type] : 0;
          some |= values[n++] != 0;
        }
      }
      if (some) {
        workspace.writer().sample(i, values, n);
        any = true;
      }
    }
    pausedNanos = time(index, scrapedAtNanos);
    return any
        ? new DeltaOutcome.Delta(
            workspace.writer().finish(pausedNanos, index.durationNanos, workspace), false, false)
        : new DeltaOutcome.Nothing(false, false);
  }

  /** Sums the values of each stack into the workspace; returns how many there are, −1 = no room. */
  private int gather(ProfileIndex index, SampleTypes types, Workspace workspace)
      throws MalformedProfileException {
    int samples = index.sampleStart.size;
    int width = types.size();
    workspace.room(samples, table.capacity(), width);
    SampleReader reader = workspace.reader();
    int stacks = 0;
    for (int i = 0; i < samples; i++) {
      reader.read(index, i, width);
      int slot = table.slot(reader.hash());
      if (slot < 0) {
        if (!rebuild(table.size() + samples, Math.min(baseline, generation))) {
          return -1;
        }
        generation++;
        return gather(index, types, workspace);
      }
      int row = slot * width;
      if (table.seen(slot) != generation) {
        if (table.seen(slot) < baseline || baseline == NO_BASELINE) {
          table.clear(slot);
        }
        table.mark(slot, generation);
        workspace.ownerOf[slot] = i;
        Arrays.fill(workspace.current, row, row + width, 0);
        stacks++;
      }
      for (int type = 0; type < width; type++) {
        workspace.current[row + type] += reader.values()[type];
      }
      workspace.slotOf[i] = slot;
    }
    return stacks;
  }

  private static long[] totals(SampleTypes types, int samples, Workspace workspace) {
    long[] sums = new long[types.cumulative()];
    for (int i = 0; i < samples; i++) {
      int slot = workspace.slotOf[i];
      if (workspace.ownerOf[slot] == i) {
        for (int type = 0; type < types.size(); type++) {
          if (types.column()[type] >= 0) {
            sums[types.column()[type]] += workspace.current[slot * types.size() + type];
          }
        }
      }
    }
    return sums;
  }

  private boolean anyLower(long[] sums) {
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] < totals[i]) {
        return true;
      }
    }
    return false;
  }

  /**
   * The body's own, if it is later than the last delta's; Pyroscope counts equal labels and
   * time_nanos once. A target may answer with one body for a while, or have its clock set back.
   */
  private long time(ProfileIndex index, long scrapedAtNanos) {
    if (index.timeNanos > timeNanos) {
      return index.timeNanos;
    }
    return scrapedAtNanos == timeNanos ? timeNanos + 1 : scrapedAtNanos;
  }

  /** A profile and its columns. */
  private record Table(ProfileIndex index, SampleTypes types, KeptTypes.Columns columns) {}

  private boolean write(Table profile, boolean reset, Workspace workspace)
      throws MalformedProfileException {
    ProfileIndex index = profile.index();
    int width = profile.types().size();
    long[] values = new long[width];
    boolean any = false;
    for (int i = 0; i < index.sampleStart.size; i++) {
      int slot = workspace.slotOf[i];
      if (workspace.ownerOf[slot] != i) {
        continue;
      }
      boolean some = false;
      int n = 0;
      for (int type = 0; type < width; type++) {
        if (profile.columns().keep()[type]) {
          long value = workspace.current[slot * width + type];
          values[n] = delta(value, slot, profile.types().column()[type], reset);
          some |= values[n++] != 0;
        }
      }
      if (some) {
        workspace.writer().sample(i, values, n);
        any = true;
      }
    }
    return any;
  }

  private long delta(long value, int slot, int column, boolean reset) {
    if (column < 0) {
      return value;
    }
    if (baseline == NO_BASELINE) {
      return 0;
    }
    return reset ? Math.max(0, value) : Math.max(0, value - table.value(slot, column));
  }

  private Pending moved(SampleTypes types, ProfileIndex index, Workspace workspace, Pending frame) {
    Ints slots = new Ints();
    Longs values = new Longs();
    int width = types.size();
    for (int i = 0; i < index.sampleStart.size; i++) {
      int slot = workspace.slotOf[i];
      if (workspace.ownerOf[slot] == i && differs(slot, types, workspace)) {
        slots.add(slot);
        for (int type = 0; type < width; type++) {
          if (types.column()[type] >= 0) {
            values.add(workspace.current[slot * width + type]);
          }
        }
      }
    }
    return new Pending(
        frame.generation,
        frame.totals,
        frame.buildId,
        frame.timeNanos,
        frame.stacks,
        Arrays.copyOf(slots.at, slots.size),
        Arrays.copyOf(values.at, values.size));
  }

  private boolean differs(int slot, SampleTypes types, Workspace workspace) {
    for (int type = 0; type < types.size(); type++) {
      int column = types.column()[type];
      if (column >= 0
          && workspace.current[slot * types.size() + type] != table.value(slot, column)) {
        return true;
      }
    }
    return false;
  }
}
