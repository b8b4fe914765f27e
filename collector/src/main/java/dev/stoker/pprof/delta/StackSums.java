package dev.stoker.pprof.delta;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.SampleReader;
import dev.stoker.pprof.wire.SampleTypes;
import dev.stoker.pprof.wire.Workspace;
import java.util.Arrays;

/**
 * The values of one body summed by stack, in the arrays of a workspace. A stack is known by its
 * slot in the baseline's table; the first sample of a stack stands for all. Used by one thread,
 * until the workspace is given back.
 */
final class StackSums {
  private final ProfileIndex index;
  private final SampleTypes types;
  private final Workspace workspace;
  private final int samples;
  private final int width;
  private int stacks;

  /** Over all samples, by sample type. */
  private final long[] sums;

  StackSums(ProfileIndex index, SampleTypes types, Workspace workspace) {
    this.index = index;
    this.types = types;
    this.workspace = workspace;
    this.samples = index.sampleStart.size;
    this.width = types.size();
    this.sums = new long[width];
  }

  /**
   * Sums all samples; each stack gets a slot.
   *
   * @return false = the baseline has no memory for so many stacks
   * @throws MalformedProfileException a sample is malformed; no value of the baseline was changed
   */
  boolean gather(LiveBaseline baseline) throws MalformedProfileException {
    baseline.begin();
    while (!all(baseline)) {
      // Slots move when the table grows, so all samples are read again.
      if (!baseline.grow(samples)) {
        return false;
      }
      baseline.begin();
    }
    return true;
  }

  /** False = the table is full. */
  private boolean all(LiveBaseline baseline) throws MalformedProfileException {
    workspace.room(samples, baseline.capacity(), width);
    SampleReader reader = workspace.reader();
    Arrays.fill(sums, 0);
    stacks = 0;
    for (int i = 0; i < samples; i++) {
      reader.read(index, i, width);
      int slot = baseline.slot(reader.hash());
      if (slot < 0) {
        return false;
      }
      workspace.slotOf[i] = slot;
      boolean first = baseline.see(slot);
      if (first) {
        workspace.ownerOf[slot] = i;
        stacks++;
      }
      add(reader.values(), slot * width, first);
    }
    return true;
  }

  private void add(long[] values, int row, boolean first) {
    long[] current = workspace.current;
    for (int type = 0; type < width; type++) {
      long value = values[type];
      sums[type] += value;
      current[row + type] = first ? value : current[row + type] + value;
    }
  }

  SampleTypes types() {
    return types;
  }

  int samples() {
    return samples;
  }

  /** Different stacks. */
  int stacks() {
    return stacks;
  }

  int slot(int sample) {
    return workspace.slotOf[sample];
  }

  /** True = it is the first sample of its stack, which stands for all of them. */
  boolean isFirst(int sample, int slot) {
    return workspace.ownerOf[slot] == sample;
  }

  /** The sum of a stack. */
  long value(int slot, int type) {
    return workspace.current[slot * width + type];
  }

  /** A row for each slot: one sum for each sample type. */
  long[] rows() {
    return workspace.current;
  }

  /** Sums over all stacks, by cumulative sample type. */
  long[] totals() {
    long[] totals = new long[types.cumulative()];
    for (int type = 0; type < width; type++) {
      if (types.column()[type] >= 0) {
        totals[types.column()[type]] = sums[type];
      }
    }
    return totals;
  }
}
