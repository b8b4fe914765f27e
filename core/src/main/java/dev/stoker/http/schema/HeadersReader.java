package dev.stoker.http.schema;

import dev.stoker.http.secret.Secret;
import dev.stoker.schema.Args;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads <code>http_headers</code>. Each name has a value or a list of values, as in Alloy, or a
 * block of values, secrets and files, as in Prometheus. All of them are treated as secrets.
 */
public final class HeadersReader {
  /** A header name as RFC 9110, section 5.6.2, defines it. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Headers that HTTP sets itself, or that have settings of their own. */
  private static final Set<String> RESERVED =
      Set.of(
          "accept-encoding",
          "authorization",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "host",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "www-authenticate");

  public static @Nullable Map<String, List<Secret>> read(Node node) {
    Node hidden = node.hidden();
    if (Args.of(hidden) == null) {
      return null;
    }
    Map<String, List<Secret>> headers = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, Node> child : hidden.children()) {
      String name = child.getKey();
      String lower = name.toLowerCase(Locale.ROOT);
      if (!TOKEN.matcher(name).matches()) {
        child.getValue().error("is no valid header name; use letters, digits and - only");
      } else if (RESERVED.contains(lower)) {
        child
            .getValue()
            .error("is a reserved name; credentials go into basic_auth, authorization or oauth2");
      } else if (!seen.add(lower)) {
        child.getValue().error("is given twice; header names are the same in any case");
      } else {
        headers.put(name, values(child.getValue()));
      }
    }
    return headers;
  }

  private static List<Secret> values(Node node) {
    List<Secret> values = new ArrayList<>();
    if (!node.isObject()) {
      node.elements().forEach(element -> add(values, value(element), false));
      return values;
    }
    Args args = new Args(node);
    for (String key : List.of("values", "secrets", "files")) {
      boolean file = key.equals("files");
      Node given = args.node(key);
      if (given != null) {
        given
            .elements()
            .forEach(
                element ->
                    add(values, file ? Scalars.nonEmptyText(element) : value(element), file));
      }
    }
    args.finish();
    return values;
  }

  private static void add(List<Secret> values, @Nullable String text, boolean file) {
    if (text != null) {
      values.add(file ? Secret.file(text) : Secret.text(text));
    }
  }

  /** A header's value; null = reported. */
  public static @Nullable String value(Node node) {
    String value = Scalars.text(node);
    if (value != null && !value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 127)) {
      node.error("the value holds a line break or a character outside of ASCII");
      return null;
    }
    return value;
  }

  private HeadersReader() {}
}
