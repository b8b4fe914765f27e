package dev.stoker.config.text;

import dev.stoker.components.ComponentKinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Where each block and each value of a file stands first, and what stands there twice. */
final class Occurrences {
  /** Blocks that other tools repeat, and the list that stands for them here. */
  private static final Map<String, String> LISTS = Map.of("endpoint", "endpoints", "rule", "rules");

  private final List<DuplicatesInFile.Finding> findings = new ArrayList<>();
  private final Map<List<String>, Integer> blocks = new HashMap<>();
  private final Map<List<String>, Integer> values = new HashMap<>();

  List<DuplicatesInFile.Finding> findings() {
    return findings;
  }

  /**
   * A block opens.
   *
   * @param around the path of what it stands in
   */
  void block(List<String> path, List<String> around, int line) {
    if (isOpen(path) || addsTo(path, around)) {
      return;
    }
    Integer first = blocks.putIfAbsent(path, line);
    if (first == null) {
      return;
    }
    String list = LISTS.get(path.get(path.size() - 1));
    boolean component = kinds().contains(parent(path));
    finding(
        path,
        line,
        "stands in line "
            + first
            + " already, so the two would become one; "
            + (list != null
                ? "write " + list + " = [ { … }, { … } ]"
                : component ? "rename one" : "write all of it in one block"));
  }

  /** A path that reaches into a block from outside adds to it. */
  private boolean addsTo(List<String> path, List<String> around) {
    for (int i = around.size() + 1; i < path.size(); i++) {
      if (blocks.containsKey(path.subList(0, i))) {
        return true;
      }
    }
    return false;
  }

  /** Names that many things stand below, and what is free for users. */
  private static boolean isOpen(List<String> path) {
    return path.size() == 1 || path.get(0).equals(Namespaces.VARS) || kinds().contains(join(path));
  }

  private static Set<String> kinds() {
    Set<String> kinds = new TreeSet<>(ComponentKinds.LATER);
    kinds.addAll(ComponentKinds.BY_NAME.keySet());
    return kinds;
  }

  private static String parent(List<String> path) {
    return join(path.subList(0, path.size() - 1));
  }

  private static String join(List<String> path) {
    StringBuilder joined = new StringBuilder();
    for (String part : path) {
      joined.append(joined.length() == 0 || part.startsWith("[") ? "" : ".").append(part);
    }
    return joined.toString();
  }

  /** A value is set. One that is built of a substitution may be built of the former value. */
  void value(List<String> path, int line, boolean substituted) {
    Integer first = values.put(path, line);
    if (first != null && !substituted) {
      findings.add(
          new DuplicatesInFile.Finding(
              line,
              join(path),
              "is set in line " + first + " already, which has no effect; keep one of the two",
              false));
    }
  }

  /** An error. */
  void finding(List<String> path, int line, String message) {
    findings.add(new DuplicatesInFile.Finding(line, join(path), message, true));
  }
}
