package dev.stoker.discovery.annotations;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** <code>profiles.grafana.com/&lt;type&gt;.{scrape,port,port_name,scheme,path,container}</code>. */
final class GrafanaFamily {
  private static final String PREFIX = "profiles_grafana_com_";

  /** The annotation's name of a type → ours. */
  private static final Map<String, String> TYPES = types();

  private static Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    types.put("cpu", "process_cpu");
    for (String same :
        List.of(
            "memory",
            "goroutine",
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

  static List<Wish> wishes(Pod pod) {
    List<Wish> wishes = new ArrayList<>();
    TYPES.forEach(
        (annotated, type) -> {
          String prefix = PREFIX + annotated + "_";
          if (pod.annotation(prefix + "scrape").equals("true")) {
            String shown = "profiles.grafana.com/" + annotated + ".";
            wishes.add(
                new Wish(
                    type,
                    pod.annotation(prefix + "port"),
                    pod.annotation(prefix + "port_name"),
                    shown + "port or " + shown + "port_name",
                    pod.annotation(prefix + "container"),
                    pod.annotation(prefix + "scheme"),
                    pod.annotation(prefix + "path"),
                    Map.of()));
          }
        });
    return wishes;
  }
}
