package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prometheus' format of target lists in files and over HTTP, already parsed into maps and lists:
 * <code>[ { "targets": [ "host:port" ], "labels": { … } } ]</code>.
 */
public final class TargetDocument {
  private static final int MAX_TARGETS = 200_000;

  /** Not that document; the message says where and what. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    public Malformed(String message) {
      super(message);
    }
  }

  private TargetDocument() {}

  /**
   * @param parsed anything
   * @param source name of the groups; each gets its position behind it
   * @param common labels of every target
   */
  public static List<TargetGroup> groups(Object parsed, String source, Labels common)
      throws Malformed {
    if (!(parsed instanceof Iterable<?> items)) {
      throw new Malformed("must be a list of { targets, labels }, but is " + kind(parsed));
    }
    List<TargetGroup> groups = new ArrayList<>();
    int count = 0;
    long bytes = 0;
    for (Object item : items) {
      String where = "item " + groups.size();
      if (!(item instanceof Map<?, ?> group)) {
        throw new Malformed(where + " must be { targets, labels }, but is " + kind(item));
      }
      Labels labels = labels(group, where, common);
      List<Labels> targets = new ArrayList<>();
      List<String> addresses = addresses(group, where);
      bytes += GroupSizes.bytes(addresses.size(), labels.size() + 1L);
      if (bytes > GroupSizes.MOST) {
        throw new Malformed(
            "gives its targets so many labels that they would take more than "
                + (GroupSizes.MOST >> 20)
                + " MiB of memory; give them fewer labels, or split it");
      }
      for (String address : addresses) {
        targets.add(labels.toBuilder().set("__address__", address).build());
      }
      count += targets.size();
      if (count > MAX_TARGETS) {
        throw new Malformed("has more than " + MAX_TARGETS + " targets; split it");
      }
      groups.add(new TargetGroup(source + ":" + groups.size(), targets));
    }
    return groups;
  }

  private static List<String> addresses(Map<?, ?> group, String where) throws Malformed {
    List<String> addresses = new ArrayList<>();
    Object targets = group.get("targets");
    if (targets == null) {
      return addresses;
    }
    if (!(targets instanceof Iterable<?> list)) {
      throw new Malformed(where + ".targets must be a list of texts, but is " + kind(targets));
    }
    for (Object target : list) {
      if (!(target instanceof String address) || address.isBlank()) {
        throw new Malformed(where + ".targets holds " + kind(target) + "; write \"host:port\"");
      }
      addresses.add(address);
    }
    return addresses;
  }

  private static Labels labels(Map<?, ?> group, String where, Labels common) throws Malformed {
    Labels.Builder labels = common.toBuilder();
    Object given = group.get("labels");
    if (given != null && !(given instanceof Map<?, ?>)) {
      throw new Malformed(where + ".labels must be a map of texts, but is " + kind(given));
    }
    if (given instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> label : map.entrySet()) {
        Object value = label.getValue();
        boolean plain =
            value instanceof String || value instanceof Number || value instanceof Boolean;
        if (!(label.getKey() instanceof String name) || !plain) {
          throw new Malformed(
              where + ".labels." + label.getKey() + " must be a text, but is " + kind(value));
        }
        labels.set(name, String.valueOf(value));
      }
    }
    for (Object key : group.keySet()) {
      if (!"targets".equals(key) && !"labels".equals(key)) {
        throw new Malformed(where + " has an unknown key \"" + key + "\"");
      }
    }
    return labels.build();
  }

  private static String kind(Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Map) {
      return "a map";
    }
    if (value instanceof Iterable) {
      return "a list";
    }
    String text = String.valueOf(value);
    return "\"" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "\"";
  }
}
