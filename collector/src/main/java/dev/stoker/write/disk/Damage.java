package dev.stoker.write.disk;

import java.util.List;

/**
 * What a recovery could not read, or did not want to.
 *
 * @param places where records were left out before others that are good
 * @param tornBytes cut off at the end of segments
 * @param corruptSegments moved aside just now
 * @param remarks for people: files that were refused, copies, segments of a later version
 */
public record Damage(
    int places, long tornBytes, int corruptSegments, Lost lost, List<String> remarks) {
  public static final Damage NONE = new Damage(0, 0, 0, new Lost(0, 0), List.of());

  /** Profiles that were there and cannot be read: an estimate, and of their bytes too. */
  public record Lost(long profiles, long bytes) {}

  public boolean any() {
    return !equals(NONE);
  }
}
