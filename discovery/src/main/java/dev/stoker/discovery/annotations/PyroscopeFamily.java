package dev.stoker.discovery.annotations;

import java.util.LinkedHashMap;
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
  private static final String SHOWN = "pyroscope.io/";
  private static final String PROFILE = "profile_";
  private static final String ENABLED = "_enabled";
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

  static Asked asked(Pod pod) {
    Asked.Builder asked = new Asked.Builder();
    String scrape = pod.annotation(PREFIX + "scrape");
    if (!scrape.equals("true")) {
      if (!scrape.isEmpty()) {
        asked.unclear(SHOWN + "scrape", scrape);
      }
      return asked.build();
    }
    boolean anyOn = anyNamed(pod, "true");
    boolean anyOff = anyNamed(pod, "false");
    if (!anyOn && !anyOff) {
      asked.wish(wish(pod, "", "", Map.of()));
    } else {
      TYPES.forEach(
          (old, type) -> {
            String enabled = enabled(pod, old);
            if (anyOn ? enabled.equals("true") : !enabled.equals("false")) {
              String path = pod.annotation(PREFIX + PROFILE + old + "_path");
              asked.wish(wish(pod, type, path, params(pod, old)));
            }
          });
    }
    pod.annotations(PREFIX + PROFILE, (name, value) -> other(name, value, asked));
    return asked.build();
  }

  private static boolean anyNamed(Pod pod, String value) {
    return TYPES.keySet().stream().anyMatch(old -> enabled(pod, old).equals(value));
  }

  private static String enabled(Pod pod, String old) {
    return pod.annotation(PREFIX + PROFILE + old + ENABLED);
  }

  /** A switch of one profile that is neither on nor off. */
  private static void other(String name, String value, Asked.Builder asked) {
    if (!name.endsWith(ENABLED) || (value.equals("true") && isKnown(name))) {
      return;
    }
    String old = name.substring(0, name.length() - ENABLED.length());
    String key = SHOWN + "profile-" + Pod.cut(old) + "-enabled";
    if (TYPES.containsKey(old)) {
      asked.unclear(key, value);
    } else if (asked.off(key, value)) {
      asked.ignored(
          key
              + " names the profile "
              + Pod.quoted(old)
              + ", which no annotation can ask for; these can be: "
              + String.join(", ", TYPES.keySet()));
    }
  }

  private static boolean isKnown(String name) {
    return TYPES.containsKey(name.substring(0, name.length() - ENABLED.length()));
  }

  private static Map<String, String> params(Pod pod, String old) {
    Map<String, String> params = new LinkedHashMap<>();
    pod.annotations(PREFIX + PROFILE + old + "_param_", params::put);
    return params;
  }

  private static Wish wish(Pod pod, String type, String path, Map<String, String> params) {
    return new Wish(
        type,
        pod.annotation(PREFIX + "port"),
        "",
        SHOWN,
        "",
        pod.annotation(PREFIX + "scheme"),
        path,
        params);
  }
}
