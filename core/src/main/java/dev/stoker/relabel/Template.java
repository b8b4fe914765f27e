package dev.stoker.relabel;

import java.util.ArrayList;
import java.util.List;

/**
 * A replacement text as Go's regexp.Expand reads it: <code>$name</code> takes the longest run of
 * letters, digits and underscores, <code>${name}</code> ends at the brace, <code>$$</code> is a
 * dollar; a group that does not exist or did not match is empty; a dollar that starts neither is
 * copied as it stands.
 */
final class Template {
  private static final int NO_GROUP = -1;

  /** A literal, or a group when its literal is null-like (empty) and its group is set. */
  private record Part(String literal, int group) {}

  private final String text;
  private final List<Part> parts = new ArrayList<>();

  Template(String text, AnchoredRegex regex) {
    this.text = text;
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int dollar = text.indexOf('$', at);
      if (dollar < 0) {
        break;
      }
      literal.append(text, at, dollar);
      at = dollar + 1;
      if (at < text.length() && text.charAt(at) == '$') {
        literal.append('$');
        at++;
        continue;
      }
      Reference reference = Reference.at(text, at);
      if (reference == null) {
        literal.append('$');
      } else {
        flush(literal);
        parts.add(new Part("", group(reference.name(), regex)));
        at = reference.end();
      }
    }
    literal.append(text, at, text.length());
    flush(literal);
  }

  private void flush(StringBuilder literal) {
    if (literal.length() > 0) {
      parts.add(new Part(literal.toString(), NO_GROUP));
      literal.setLength(0);
    }
  }

  /** The reference's name and where it ends. */
  private record Reference(String name, int end) {
    static @org.jspecify.annotations.Nullable Reference at(String text, int start) {
      boolean brace = start < text.length() && text.charAt(start) == '{';
      int from = brace ? start + 1 : start;
      int to = from;
      while (to < text.length() && isNamePart(text.codePointAt(to))) {
        to += Character.charCount(text.codePointAt(to));
      }
      if (to == from) {
        return null;
      }
      if (!brace) {
        return new Reference(text.substring(from, to), to);
      }
      return to < text.length() && text.charAt(to) == '}'
          ? new Reference(text.substring(from, to), to + 1)
          : null;
    }

    private static boolean isNamePart(int point) {
      return point == '_' || Character.isLetter(point) || Character.isDigit(point);
    }
  }

  /** Group -1 in a part with an empty literal expands to nothing. */
  private static int group(String name, AnchoredRegex regex) {
    boolean number = name.chars().allMatch(c -> c >= '0' && c <= '9');
    if (number) {
      // Go takes a leading zero for a name ("$01" is no group), and bounds numbers itself.
      if (name.length() > 1 && name.charAt(0) == '0' || name.length() > 8) {
        return NO_GROUP;
      }
      int group = Integer.parseInt(name);
      return group <= regex.groupCount() ? group : NO_GROUP;
    }
    return regex.namedGroups().getOrDefault(name, NO_GROUP);
  }

  boolean isLiteral() {
    return text.indexOf('$') < 0;
  }

  /** The text as it is written. */
  String text() {
    return text;
  }

  /**
   * Stops soon after {@link Relabeler#MAX_VALUE} characters: what is longer is used for nothing.
   *
   * @param match of the regex that the template was made with
   */
  String expand(AnchoredRegex.Groups match) {
    if (isLiteral()) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      if (out.length() > Relabeler.MAX_VALUE) {
        break;
      }
      out.append(part.literal());
      if (part.group() >= 0) {
        String group = match.group(part.group());
        out.append(group == null ? "" : group);
      }
    }
    return out.toString();
  }
}
