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

  /**
   * Tells whether {@link #append} would take this profile now, after all others that the batch was
   * promised room for, and without giving up another pushed profile for it. It changes and counts
   * nothing.
   *
   * @param profile as it would be appended
   * @param batch gets the promise
   */
  default boolean hasRoom(Profile profile, Room batch) {
    return true;
  }
}
