package dev.stoker.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** Arguments of Alloy that are not here: users copy their configs over and deserve a clear word. */
final class AlloyArguments {
  private static final String LATER = "is not supported in this version; take it out";

  static final Map<String, String> SCRAPE =
      Map.of("clustering", LATER, "body_size_limit", "is called max_body_size here");

  static final Map<String, String> ENDPOINT = later("debug_info_upload_timeout");

  static final Map<String, String> WRITE = later("tracing");

  private static Map<String, String> later(String... names) {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (String name : names) {
      reasons.put(name, LATER);
    }
    return reasons;
  }

  private AlloyArguments() {}
}
