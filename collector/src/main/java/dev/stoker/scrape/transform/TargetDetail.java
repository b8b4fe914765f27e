package dev.stoker.scrape.transform;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Details about a target that users should know in addition to its health: the object <code>detail
 * </code> of <code>/api/v1/targets</code>. An empty value means that there is nothing to say.
 * Immutable.
 *
 * @param refusedBy names of the endpoints whose server refuses the profiles of this loop for good
 * @param period <code>estimated</code> when a recording did not say how often it took samples
 * @param paused why a part of the profile is not sent for the time being
 * @param mended what was changed in the profiles so that a server takes them
 */
public record TargetDetail(List<String> refusedBy, String period, String paused, String mended) {
  public static final TargetDetail NONE = new TargetDetail(List.of(), "", "", "");

  public TargetDetail {
    refusedBy = List.copyOf(refusedBy);
  }

  static TargetDetail period(String text) {
    return new TargetDetail(List.of(), text, "", "");
  }

  public static TargetDetail paused(String reason) {
    return new TargetDetail(List.of(), "", reason, "");
  }

  public static TargetDetail mended(String what) {
    return new TargetDetail(List.of(), "", "", what);
  }

  static TargetDetail refusedBy(List<String> endpoints) {
    return new TargetDetail(endpoints, "", "", "");
  }

  /** Both together; where both have a text, they stand one after the other. */
  public TargetDetail and(TargetDetail other) {
    Set<String> endpoints = new LinkedHashSet<>(refusedBy);
    endpoints.addAll(other.refusedBy);
    return new TargetDetail(
        List.copyOf(endpoints),
        joined(period, other.period),
        joined(paused, other.paused),
        joined(mended, other.mended));
  }

  private static String joined(String one, String two) {
    return one.isEmpty() || one.equals(two) ? two : two.isEmpty() ? one : one + "; " + two;
  }
}
