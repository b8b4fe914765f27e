package dev.stoker.discovery.annotations;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * <code>pyroscope.io/{scrape,port,scheme}</code> and <code>
 * pyroscope.io/profile-&lt;name&gt;-{enabled,path,param-&lt;key&gt;}</code> with the old names cpu,
 * mem, goroutines, mutex, block. Profiles that are enabled by name are the only ones; if some are
 * only disabled by name, the others of the five are scraped; if none is named, what the scrape
 * component has enabled.
 */
final class PyroscopeFamily {
  private static final String PREFIX = "pyroscope_io_";
  private static final Map<String, String> TYPES = types();

  private static Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    types.put("cpu", "process_cpu");
    types.put("mem", "memory");
    types.put("goroutines", "goroutine");
    types.put("mutex", "mutex");
    types.put("block", "block");
    return types;
  }

  private PyroscopeFamily() {}

  static List<Wish> wishes(Pod pod) {
    if (!pod.annotation(PREFIX + "scrape").equals("true")) {
      return List.of();
    }
    boolean anyOn = anyNamed(pod, "true");
    boolean anyOff = anyNamed(pod, "false");
    if (!anyOn && !anyOff) {
      return List.of(wish(pod, "", "", Map.of()));
    }
    List<Wish> wishes = new ArrayList<>();
    TYPES.forEach(
        (old, type) -> {
          String enabled = enabled(pod, old);
          if (anyOn ? enabled.equals("true") : !enabled.equals("false")) {
            String path = pod.annotation(PREFIX + "profile_" + old + "_path");
            wishes.add(wish(pod, type, path, params(pod, old)));
          }
        });
    return wishes;
  }

  private static boolean anyNamed(Pod pod, String value) {
    return TYPES.keySet().stream().anyMatch(old -> enabled(pod, old).equals(value));
  }

  private static String enabled(Pod pod, String old) {
    return pod.annotation(PREFIX + "profile_" + old + "_enabled");
  }

  private static Map<String, String> params(Pod pod, String old) {
    String prefix = Pod.PREFIX + "pod_annotation_" + PREFIX + "profile_" + old + "_param_";
    Map<String, String> params = new LinkedHashMap<>();
    pod.labels()
        .forEach(
            (name, value) -> {
              if (name.startsWith(prefix)) {
                params.put(name.substring(prefix.length()), value);
              }
            });
    return params;
  }

  private static Wish wish(Pod pod, String type, String path, Map<String, String> params) {
    return new Wish(
        type,
        pod.annotation(PREFIX + "port"),
        "",
        "pyroscope.io/port",
        "",
        pod.annotation(PREFIX + "scheme"),
        path,
        params);
  }
}
