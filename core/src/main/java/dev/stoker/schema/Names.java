package dev.stoker.schema;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Names that are nearly right. */
public final class Names {
  private static final int MAX_WORD = 64;
  private static final int MAX_CANDIDATES = 500;

  /** The candidate that a typing slip would turn into the word; none when all are far off. */
  public static Optional<String> nearest(String word, Collection<String> known) {
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

  /** The part before the first dot is nearly that word, or is it. */
  public static boolean isSlipOf(String name, String word) {
    int dot = name.indexOf('.');
    String first = dot < 0 ? name : name.substring(0, dot);
    return nearest(first, java.util.List.of(word)).isPresent();
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

  private Names() {}
}
