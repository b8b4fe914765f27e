package dev.stoker.discovery.annotations;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** <code>profiles.grafana.com/&lt;type&gt;.{scrape,port,port_name,scheme,path,container}</code>. */
final class GrafanaFamily {
  private static final String PREFIX = "profiles_grafana_com_";
  private static final String SHOWN = "profiles.grafana.com/";
  private static final String SCRAPE = "_scrape";

  /** The annotation's name of a type → ours. Only goroutine_leak is no annotation of others. */
  private static final Map<String, String> TYPES = types();

  /** What k8s-monitoring has such annotations for, and nobody can pull → the annotation. */
  private static final Map<String, String> NOT_BY_PULL =
      Map.of("java_enabled", "java.enabled", "cpu_ebpf_enabled", "cpu.ebpf.enabled");

  private static Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    types.put("cpu", "process_cpu");
    for (String same :
        List.of(
            "memory",
            "goroutine",
            "goroutine_leak",
            "mutex",
            "block",
            "fgprof",
            "godeltaprof_memory",
            "godeltaprof_mutex",
            "godeltaprof_block")) {
      types.put(same, same);
    }
    return types;
  }

  private GrafanaFamily() {}

  static Asked asked(Pod pod) {
    Asked.Builder asked = new Asked.Builder();
    TYPES.forEach(
        (annotated, type) -> {
          String prefix = PREFIX + annotated + "_";
          if (pod.annotation(prefix + "scrape").equals("true")) {
            asked.wish(
                new Wish(
                    type,
                    pod.annotation(prefix + "port"),
                    pod.annotation(prefix + "port_name"),
                    SHOWN + annotated + ".",
                    pod.annotation(prefix + "container"),
                    pod.annotation(prefix + "scheme"),
                    pod.annotation(prefix + "path"),
                    Map.of()));
          }
        });
    pod.annotations(PREFIX, (name, value) -> other(name, value, asked));
    return asked.build();
  }

  /** An annotation that is no wish. */
  private static void other(String name, String value, Asked.Builder asked) {
    String notByPull = NOT_BY_PULL.get(name);
    if (notByPull != null && value.equals("true")) {
      asked.ignored(
          SHOWN
              + notByPull
              + " asks for what Stoker cannot do: it profiles over HTTP only; keep Alloy for it");
    } else if (name.equals("scrape") && asked.off(SHOWN + name, value)) {
      asked.ignored(
          SHOWN + "scrape names no profile type; write " + SHOWN + "memory.scrape = \"true\"");
    } else if (name.endsWith(SCRAPE)) {
      type(name.substring(0, name.length() - SCRAPE.length()), value, asked);
    }
  }

  private static void type(String type, String value, Asked.Builder asked) {
    String key = SHOWN + Pod.cut(type) + ".scrape";
    if (!TYPES.containsKey(type)) {
      if (asked.off(key, value)) {
        asked.ignored(
            key
                + " asks for the profile type "
                + Pod.quoted(type)
                + ", which no annotation can ask for; these can be: "
                + String.join(", ", TYPES.keySet()));
      }
    } else if (!value.equals("true")) {
      asked.unclear(key, value);
    }
  }
}
