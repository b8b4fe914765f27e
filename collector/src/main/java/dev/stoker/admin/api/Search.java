package dev.stoker.admin.api;

import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A search that a user types. It is made of words, each of which must be somewhere, in any case and
 * order. <code>name=value</code> is a label with this value, and quotes hold spaces together.
 */
record Search(List<Term> terms) {
  private static final int MOST_TERMS = 20;
  private static final Pattern TERM =
      Pattern.compile("(?:([^\\s\"=]+)=)?(?:\"([^\"]*)\"?|([^\\s\"]\\S*))");

  /**
   * @param name of a label, "" = a word
   * @param folded the term as it was written, without quotes: URLs have = in them too
   */
  private record Term(String name, String value, String folded) {
    boolean isIn(List<Labels> labels, List<@Nullable String> texts) {
      for (Labels one : labels) {
        if (!name.isEmpty() && value.equalsIgnoreCase(one.get(name))) {
          return true;
        }
        if (Json.contains(one, folded)) {
          return true;
        }
      }
      return texts.stream().anyMatch(text -> Json.has(text, folded));
    }
  }

  Search {
    terms = List.copyOf(terms);
  }

  static Search of(String text) {
    List<Term> terms = new ArrayList<>();
    Matcher matcher = TERM.matcher(text);
    while (matcher.find() && terms.size() < MOST_TERMS) {
      String name = matcher.group(1) == null ? "" : matcher.group(1);
      String value = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
      String whole = name.isEmpty() ? value : name + "=" + value;
      terms.add(new Term(name, value, whole.toLowerCase(Locale.ROOT)));
    }
    return new Search(terms);
  }

  /** Each term is in one of the labels or texts; nothing to look for is everywhere. */
  boolean isIn(List<Labels> labels, List<@Nullable String> texts) {
    return terms.stream().allMatch(term -> term.isIn(labels, texts));
  }
}
