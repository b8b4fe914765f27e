package dev.stoker.config;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Pieces of messages. */
final class Texts {
  private static final int EXCERPT = 80;
  private static final int LOOKED_AT = 1024;
  private static final int MAX_WORD = 64;
  private static final int MAX_CANDIDATES = 500;
  private static final Pattern USERINFO = Pattern.compile("(//)[^\\s]*@");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");

  /** One short line, without credentials of a URL. */
  static String excerpt(String text) {
    String head = text.length() > LOOKED_AT ? text.substring(0, LOOKED_AT) : text;
    String masked = USERINFO.matcher(head).replaceAll("$1***@");
    String shortened = masked.length() > EXCERPT ? masked.substring(0, EXCERPT) + "…" : masked;
    return CONTROL.matcher(shortened).replaceAll("?");
  }

  /** <code>; did you mean "x"?</code>, or else what there is. */
  static String didYouMean(String word, Collection<String> known) {
    return nearest(word, known)
        .map(near -> "; did you mean \"" + near + "\"?")
        .orElseGet(() -> known.isEmpty() ? "" : "; known here: " + String.join(", ", known));
  }

  /** The candidate that a typing slip would turn into the word; none when all are far off. */
  static Optional<String> nearest(String word, Collection<String> known) {
    if (word.length() > MAX_WORD) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known.stream().limit(MAX_CANDIDATES).toList()) {
      int distance = distance(normal(word), normal(candidate));
      int allowed = Math.min(3, Math.max(1, Math.min(word.length(), candidate.length()) / 3));
      if (distance <= allowed && distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Case and the kind of dash are slips that cost nothing. */
  private static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** Insertions, deletions, changes and swaps of neighbours. */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 3) {
      return Integer.MAX_VALUE;
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int best =
        Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }

  /** <code>a, b or c</code>. */
  static String or(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  private Texts() {}
}
