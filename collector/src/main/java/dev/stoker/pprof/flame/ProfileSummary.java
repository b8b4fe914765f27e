package dev.stoker.pprof.flame;

import dev.stoker.pprof.MalformedProfileException;
import java.util.List;

/**
 * A summary of one profile for <code>stoker scrape</code>.
 *
 * @param shown the sample type of the total and of the top functions
 * @param timeNanos Unix nanoseconds; 0 = the profile does not say
 */
public record ProfileSummary(
    List<ProfileStacks.ValueType> sampleTypes,
    int samples,
    ProfileStacks.ValueType shown,
    long total,
    List<FlameTree.Top> top,
    long timeNanos,
    long durationNanos) {
  private static final int TOP = 20;

  /**
   * @param maxInflated bytes allowed after gunzip; 0 = no limit
   * @throws MalformedProfileException the body is no pprof, is truncated, or is past a bound
   */
  public static ProfileSummary of(byte[] body, long maxInflated) throws MalformedProfileException {
    ProfileStacks profile = ProfileStacks.read(body, maxInflated);
    int shown = profile.defaultSampleType();
    FlameTree tree = new FlameTree(1);
    tree.add(profile, shown);
    return new ProfileSummary(
        profile.sampleTypes(),
        profile.samples(),
        profile.sampleTypes().get(shown),
        tree.total(),
        tree.top(TOP),
        profile.timeNanos(),
        profile.durationNanos());
  }
}
