package dev.stoker.schema;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Pieces of messages. */
public final class Texts {
  private static final int EXCERPT = 80;
  private static final int LOOKED_AT = 1024;
  private static final Pattern USERINFO = Pattern.compile("(//)[^\\s]*@");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");

  /** One short line, without credentials of a URL. */
  public static String excerpt(String text) {
    return excerpt(text, EXCERPT);
  }

  /** The same, of at most so many characters. */
  public static String excerpt(String text, int most) {
    String head = text.length() > LOOKED_AT ? text.substring(0, LOOKED_AT) : text;
    String masked = USERINFO.matcher(head).replaceAll("$1***@");
    String shortened = masked.length() > most ? masked.substring(0, most) + "…" : masked;
    return CONTROL.matcher(shortened).replaceAll("?");
  }

  /** <code>; did you mean "x"?</code>, or else what there is. */
  public static String didYouMean(String word, Collection<String> known) {
    return nearest(word, known)
        .map(near -> "; did you mean \"" + near + "\"?")
        .orElseGet(() -> known.isEmpty() ? "" : "; known here: " + String.join(", ", known));
  }

  /** The candidate that a typing slip would turn into the word; none when all are far off. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return Names.nearest(word, known);
  }

  /** <code>1 client</code>, <code>2 clients</code>. */
  public static String counted(long number, String one) {
    return number + " " + one + (number == 1 ? "" : "s");
  }

  /** <code>a, b or c</code>. */
  public static String or(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  private Texts() {}
}
