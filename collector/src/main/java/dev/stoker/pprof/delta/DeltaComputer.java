package dev.stoker.pprof.delta;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.SampleTypes;
import dev.stoker.pprof.wire.Workspace;
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
 *
 * <p>When there is no memory for the baseline, the computer pauses: its deltas hold the momentary
 * values alone, and the next baseline begins after a gap. One that had to give way to others stays
 * paused for some bodies.
 */
public final class DeltaComputer {
  /**
   * Bound on the values of one profile while they are summed: each takes 8 bytes, on every CPU
   * thread.
   */
  private static final long MAX_VALUES = 8_000_000;

  /** After it had to give way, a huge profile stays paused for so many bodies. */
  private static final int REST = 20;

  private final Set<String> cumulativeNames;
  private final KeptTypes kept;
  private final LiveBaseline baseline;
  private @Nullable MovedStacks pending;
  private boolean paused;

  /** Time of the last body without a baseline, Unix nanoseconds. */
  private long pausedNanos;

  /** Bodies until it may try again. */
  private int rest;

  /**
   * @param kept what deltas hold; all types count for the baseline and for seeing restarts
   * @param sinceNanos when the loop came to be, Unix nanoseconds: a first body that is older may
   *     have been delivered in a life before, under the same time
   * @param memory of the baseline; one that is restored is counted in it already
   */
  public DeltaComputer(
      Set<String> cumulativeNames, KeptTypes kept, long sinceNanos, BaselineBudget.Lease memory) {
    this.cumulativeNames = Set.copyOf(cumulativeNames);
    this.kept = kept;
    this.baseline = new LiveBaseline(sinceNanos, memory);
  }

  /** Goes on from a baseline; to be called before the first {@link #compute}. */
  public void restore(DeltaBaseline from) {
    baseline.restore(from);
  }

  /**
   * Forgets the baseline, or notes that a process before had one: the next delta comes after a gap.
   */
  public void lose() {
    baseline.lose();
  }

  /**
   * True if there was no memory for a baseline, so that the cumulative values of the last body were
   * left out.
   */
  public boolean isPaused() {
    return paused;
  }

  /** There was a baseline once, and a gap is to be counted. */
  boolean lost() {
    return baseline.isLost();
  }

  /** The baseline from which another computer can go on; null = nothing was accepted yet. */
  public @Nullable DeltaBaseline baseline() {
    return baseline.saved();
  }

  /**
   * @param body not changed and not kept
   * @param maxInflated bytes after gunzip; 0 = no limit
   * @param scrapedAtNanos Unix nanoseconds, for bodies without a time of their own
   * @throws MalformedProfileException the baseline is as before
   */
  public DeltaOutcome compute(
      byte[] body, long maxInflated, long scrapedAtNanos, Workspace workspace)
      throws MalformedProfileException {
    pending = null;
    ProfileIndex index = workspace.index(body, maxInflated);
    SampleTypes types = SampleTypes.read(index, cumulativeNames);
    DeltaSamples samples = new DeltaSamples(index, types, kept.in(types), workspace);
    workspace.hasher().prepare();
    bound(index, types);
    StackSums sums = new StackSums(index, types, workspace);
    if (mustRest() || !baseline.adopt(types, sums.samples()) || !sums.gather(baseline)) {
      return pause(samples, scrapedAtNanos);
    }
    paused = false;
    long build = workspace.hasher().buildId();
    baseline.loseUnlessFits(build, sums);
    long[] totals = sums.totals();
    boolean reset = baseline.isReset(build, totals);
    long now = time(index, scrapedAtNanos);
    boolean any = samples.subtracted(sums, baseline, reset);
    pending = MovedStacks.of(sums, baseline, totals, build, now);
    if (!any) {
      return new DeltaOutcome.Nothing(reset, baseline.isLost());
    }
    boolean since = baseline.exists() && now > baseline.timeNanos();
    long duration = since ? now - baseline.timeNanos() : index.durationNanos;
    return new DeltaOutcome.Delta(samples.finish(now, duration), reset, baseline.isLost());
  }

  private static void bound(ProfileIndex index, SampleTypes types)
      throws MalformedProfileException {
    int samples = index.sampleStart.size;
    if ((long) samples * types.size() > MAX_VALUES) {
      throw new MalformedProfileException(
          "the profile has "
              + samples
              + " samples of "
              + types.size()
              + " values, more than are subtracted; look at what makes so many distinct stacks");
    }
  }

  /**
   * After {@link #compute} that gave something, once.
   *
   * @param accepted the baseline moves; else the next delta covers both intervals
   */
  public void settle(boolean accepted) {
    MovedStacks next = pending;
    pending = null;
    if (accepted && paused) {
      baseline.accepted(pausedNanos);
    }
    if (accepted && next != null) {
      baseline.accepted(next);
    }
  }

  private boolean mustRest() {
    if (baseline.mustGiveWay()) {
      rest = REST;
    }
    return rest > 0 && rest-- > 0;
  }

  private DeltaOutcome pause(DeltaSamples samples, long scrapedAtNanos)
      throws MalformedProfileException {
    baseline.giveUp();
    paused = true;
    boolean any = samples.momentary();
    pausedNanos = time(samples.index(), scrapedAtNanos);
    return any
        ? new DeltaOutcome.Delta(
            samples.finish(pausedNanos, samples.index().durationNanos), false, false)
        : new DeltaOutcome.Nothing(false, false);
  }

  /**
   * The body's own, if it is later than the last delta's; Pyroscope counts equal labels and
   * time_nanos once. A target may answer with one body for a while, or have its clock set back.
   */
  private long time(ProfileIndex index, long scrapedAtNanos) {
    long last = baseline.timeNanos();
    if (index.timeNanos > last) {
      return index.timeNanos;
    }
    return scrapedAtNanos == last ? last + 1 : scrapedAtNanos;
  }
}
