package dev.stoker.discovery.kubernetes.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Field selectors as the API server wants them. */
public final class Selectors {
  private static final Pattern FIELD =
      Pattern.compile("\\s*([^=!,]+?)\\s*(=|==|!=)\\s*([^=!,]*?)\\s*");

  private Selectors() {}

  /** The same without blanks, which the API server would take for a part of names and values. */
  static String field(String text) {
    List<String> fields = new ArrayList<>();
    for (String part : parts(text)) {
      Matcher field = FIELD.matcher(part);
      if (field.matches()) {
        fields.add(field.group(1) + field.group(2) + field.group(3));
      }
    }
    return String.join(",", fields);
  }

  /** Whether it selects what is on one node, which an API server has at hand in its memory. */
  static boolean isOfOneNode(String field) {
    return parts(field).stream().anyMatch(part -> part.matches("\\s*spec\\.nodeName\\s*==?.*"));
  }

  /** Whether it is a field selector such as <code>spec.nodeName=a,status.phase!=Failed</code>. */
  public static boolean isFieldSelector(String text) {
    return parts(text).stream().allMatch(part -> FIELD.matcher(part).matches());
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part);
      }
    }
    return parts;
  }
}
