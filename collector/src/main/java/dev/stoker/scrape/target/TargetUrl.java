package dev.stoker.scrape.target;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builds a target's URL: scheme://address, prefix, path, and the query from (later wins) the path's
 * own query, the component's params, <code>seconds</code>, the target's <code>__param_*</code>
 * labels. Parameters are sorted by name so that equal targets have equal URLs.
 */
final class TargetUrl {
  private final String base;
  private final String secondsParam;
  private final TreeMap<String, List<String>> query = new TreeMap<>();

  /**
   * @param path may carry a query, which is interpreted (Alloy escapes the question mark)
   * @param secondsParam name of the parameter for how long the target is to profile
   */
  TargetUrl(String schemeAndAddress, String prefix, String path, String secondsParam) {
    this.secondsParam = secondsParam;
    int mark = path.indexOf('?');
    String plain = mark < 0 ? path : path.substring(0, mark);
    if (mark >= 0) {
      parseQuery(path.substring(mark + 1));
    }
    this.base = schemeAndAddress + join(prefix, plain);
  }

  TargetUrl params(Map<String, List<String>> params) {
    params.forEach((name, values) -> query.put(name, List.copyOf(values)));
    return this;
  }

  TargetUrl seconds(long seconds) {
    query.put(secondsParam, List.of(Long.toString(seconds)));
    return this;
  }

  TargetUrl paramLabels(Labels target) {
    target.forEach(
        (name, value) -> {
          if (name.startsWith(LabelNames.PARAM_PREFIX)) {
            query.put(name.substring(LabelNames.PARAM_PREFIX.length()), List.of(value));
          }
        });
    return this;
  }

  /**
   * Seconds that the target will profile for: the final value of the parameter, 0 when there is
   * none.
   */
  long seconds() {
    List<String> values = query.getOrDefault(secondsParam, List.of());
    String value = values.isEmpty() ? "" : values.get(0);
    return value.matches("[0-9]{1,6}") ? Long.parseLong(value) : 0;
  }

  URI build() throws URISyntaxException {
    StringBuilder url = new StringBuilder(base);
    char separator = '?';
    for (Map.Entry<String, List<String>> param : query.entrySet()) {
      for (String value : param.getValue()) {
        url.append(separator).append(encode(param.getKey())).append('=').append(encode(value));
        separator = '&';
      }
    }
    return new URI(url.toString());
  }

  private void parseQuery(String text) {
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        query.computeIfAbsent(name, ignored -> new ArrayList<>()).add(value);
      }
    }
  }

  private static String join(String prefix, String path) {
    StringBuilder joined = new StringBuilder();
    for (String part : List.of(prefix, path)) {
      String trimmed = part.replaceAll("^/+", "");
      if (joined.length() > 0 && joined.charAt(joined.length() - 1) == '/') {
        joined.setLength(joined.length() - 1);
      }
      joined.append(trimmed.isEmpty() ? "" : "/" + trimmed);
    }
    return encodePath(joined.toString());
  }

  /** Percent-encodes what a URI path cannot hold; an existing %XX stays. */
  private static String encodePath(String path) {
    StringBuilder out = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c > ' ' && c < 127 && "\"<>\\^`{|}#?[]".indexOf(c) < 0;
      if (plain) {
        out.append(c);
      } else {
        out.append('%').append(String.format("%02X", (int) c));
      }
    }
    return out.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException badEscape) {
      return text;
    }
  }
}
