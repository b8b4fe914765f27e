package dev.stoker.component;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How an Alloy config may write a component of a kind, as far as that does not follow from the
 * arguments that the kind reads: arguments and blocks have the same names in both, but a list of
 * blocks here is a block that is repeated there. Immutable.
 *
 * @param known whether Alloy has such a component
 * @param leftOut names that only Alloy has, to the reason why leaving them out changes nothing here
 */
public record AlloyCounterpart(boolean known, Map<String, String> leftOut) {
  /** Alloy has no such component. */
  public static final AlloyCounterpart NONE = new AlloyCounterpart(false, Map.of());

  /** Alloy's component has the same arguments. */
  public static final AlloyCounterpart SAME = new AlloyCounterpart(true, Map.of());

  public AlloyCounterpart {
    leftOut = Map.copyOf(leftOut);
  }

  /**
   * A counterpart with an argument that only Alloy has.
   *
   * @param path of an argument or block within the component, such as <code>endpoint.name</code>
   */
  public AlloyCounterpart leaveOut(String path, String why) {
    Map<String, String> more = new LinkedHashMap<>(leftOut);
    more.put(path, why);
    return new AlloyCounterpart(known, more);
  }
}
