package dev.stoker.otlp.decode;

import java.util.List;
import java.util.Map;

/**
 * What became of a request.
 *
 * @param profiles that can be handed on
 * @param rejected how many profiles of the request cannot
 * @param reason of the first of these, for the client; "" = there is none
 * @param outOfRoom some were rejected because all together became larger than was allowed
 * @param leftOut attributes that did not become labels
 */
public record Decoded(
    List<OtlpProfile> profiles,
    int rejected,
    String reason,
    boolean outOfRoom,
    Map<LeftOut, Integer> leftOut) {
  public Decoded {
    profiles = List.copyOf(profiles);
    leftOut = Map.copyOf(leftOut);
  }
}
