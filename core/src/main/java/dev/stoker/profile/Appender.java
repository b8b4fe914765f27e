package dev.stoker.profile;

/**
 * Takes profiles; the only seam between scrape and whatever keeps or sends them. Never blocks,
 * never waits for the network.
 */
public interface Appender {
  /**
   * @return true when the profile is now this appender's to deliver or to count as dropped; false =
   *     refused and already counted as dropped (closed, too large, no room): the baseline of a
   *     delta must not move if all refuse
   */
  boolean append(Profile profile);
}
