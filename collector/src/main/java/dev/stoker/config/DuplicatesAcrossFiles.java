package dev.stoker.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.stoker.config.source.SourceFiles;
import dev.stoker.config.text.Namespaces;
import dev.stoker.schema.Node;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Between the files of a folder there is no order that users could mean, so nothing may be defined
 * in two of them: no component, no setting, no variable. Within one file HOCON merges.
 */
final class DuplicatesAcrossFiles {
  /** <code>pyroscope.scrape.default</code>, <code>stoker.log.level</code>. */
  private static final int DEPTH = 3;

  private static final int VARS_DEPTH = 2;

  private final Map<String, Place> first = new HashMap<>();
  private final SourceFiles files;
  private final Problems problems;

  DuplicatesAcrossFiles(SourceFiles files, Problems problems) {
    this.files = files;
    this.problems = problems;
  }

  void check(List<ConfigObject> roots) {
    for (ConfigObject root : roots) {
      Map<String, Place> here = new HashMap<>();
      Place place = files.place(root.origin(), new Place("", 0));
      root.forEach(
          (key, value) ->
              collect(
                  value,
                  Node.join("", key),
                  place,
                  key.equals(Namespaces.VARS) ? VARS_DEPTH : DEPTH,
                  here));
      here.forEach(this::compare);
    }
  }

  private void collect(
      ConfigValue value, String path, Place parent, int depth, Map<String, Place> here) {
    Place place = files.place(value.origin(), parent);
    boolean open = depth > 1 && value instanceof ConfigObject && !Node.unresolved(value);
    if (!open) {
      here.put(path, place);
      return;
    }
    ((ConfigObject) value)
        .forEach((key, child) -> collect(child, Node.join(path, key), place, depth - 1, here));
  }

  /** A file that two others include brings the same definition, not a second one. */
  private void compare(String path, Place place) {
    Place other = first.putIfAbsent(path, place);
    if (other != null && !other.equals(place)) {
      problems.error(
          place, path, "is defined in " + other + " too; keep one of them, or rename one");
    }
  }
}
