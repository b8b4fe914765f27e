package dev.stoker.relabel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A regex that is nothing but a finite list of words, such as <code>a|b</code>, <code>
 * kube-(system|public)</code> or <code>^(a|b)$</code>, as a table. RE2 takes the first alternative
 * that matches; a word that two alternatives make therefore keeps the groups of the first one.
 */
final class LiteralWords implements AnchoredRegex {
  /** A list makes no more than it has characters; only products of groups make more. */
  private static final int FEW_WORDS = 1_000;

  private static final int LITTLE_WEIGHT = 64 << 10;
  private static final int MAX_NESTING = 20;
  private static final String SPECIAL = "\\.+*?()|[]{}^$";

  /**
   * @param groups (group, start, end) of each group that took part, one after another
   */
  private record Word(String text, int[] groups) {
    /** Roughly in characters. */
    int weight() {
      return text.length() + 2 * groups.length;
    }
  }

  private static final Word EMPTY = new Word("", new int[0]);

  /** The text is no list of words. */
  private static final class OtherRegex extends Exception {
    private static final long serialVersionUID = 1;

    OtherRegex() {
      super("no list of words", null, false, false);
    }
  }

  private final Map<String, int[]> words;
  private final int groupCount;
  private final long cost;

  private LiteralWords(Map<String, int[]> words, int groupCount) {
    this.words = words;
    this.groupCount = groupCount;
    this.cost =
        words.entrySet().stream()
            .mapToLong(word -> 2 + (word.getKey().length() + 4L * word.getValue().length) / 64)
            .sum();
  }

  /** Null when the regex is something else. Needs time and memory in line with what it makes. */
  static @Nullable LiteralWords of(String regex) {
    Reader reader = new Reader(regex);
    try {
      List<Word> all = reader.alternatives(0);
      if (reader.at < regex.length()) {
        return null;
      }
      Map<String, int[]> words = new HashMap<>(all.size() * 2);
      all.forEach(word -> words.putIfAbsent(word.text(), word.groups()));
      return new LiteralWords(words, reader.groupCount);
    } catch (OtherRegex other) {
      return null;
    }
  }

  @Override
  public long cost() {
    return cost;
  }

  @Override
  public int groupCount() {
    return groupCount;
  }

  @Override
  public Map<String, Integer> namedGroups() {
    return Map.of();
  }

  @Override
  public boolean matches(String value) {
    return words.containsKey(value);
  }

  @Override
  public @Nullable Groups match(String value) {
    int[] groups = words.get(value);
    return groups == null ? null : group -> group(value, groups, group);
  }

  private static @Nullable String group(String value, int[] groups, int group) {
    if (group == 0) {
      return value;
    }
    for (int i = 0; i < groups.length; i += 3) {
      if (groups[i] == group) {
        return value.substring(groups[i + 1], groups[i + 2]);
      }
    }
    return null;
  }

  private static final class Reader {
    private final String regex;
    private int at;
    private int groupCount;

    Reader(String regex) {
      this.regex = regex;
    }

    /** Ends at a closing parenthesis, or at the end. */
    List<Word> alternatives(int nesting) throws OtherRegex {
      List<Word> first = sequence(nesting);
      if (!isAt('|')) {
        return first;
      }
      List<Word> all = new ArrayList<>(first);
      long weight = 0;
      while (isAt('|')) {
        at++;
        List<Word> next = sequence(nesting);
        for (Word word : next) {
          weight += word.weight();
        }
        bound((long) all.size() + next.size(), weight);
        all.addAll(next);
      }
      return all;
    }

    private List<Word> sequence(int nesting) throws OtherRegex {
      if (nesting == 0 && isAt('^')) {
        at++;
      }
      List<Word> words = List.of(EMPTY);
      while (at < regex.length() && !isAt('|') && !isAt(')')) {
        if (isAt('(')) {
          words = product(words, group(nesting));
        } else if (nesting == 0 && isAt('$')) {
          at++;
          if (at < regex.length() && !isAt('|')) {
            throw new OtherRegex();
          }
        } else {
          String text = literal();
          words = product(words, List.of(new Word(text, EMPTY.groups())));
        }
      }
      return words;
    }

    private List<Word> group(int nesting) throws OtherRegex {
      if (nesting >= MAX_NESTING) {
        throw new OtherRegex();
      }
      int number = 0;
      if (regex.startsWith("(?:", at)) {
        at += 3;
      } else if (regex.startsWith("(?", at)) {
        throw new OtherRegex();
      } else {
        number = ++groupCount;
        at++;
      }
      List<Word> inner = alternatives(nesting + 1);
      if (!isAt(')')) {
        throw new OtherRegex();
      }
      at++;
      noQuantifier();
      if (number == 0) {
        return inner;
      }
      List<Word> captured = new ArrayList<>(inner.size());
      for (Word word : inner) {
        captured.add(
            new Word(
                word.text(),
                joined(word.groups(), 0, new int[] {number, 0, word.text().length()})));
      }
      return captured;
    }

    private String literal() throws OtherRegex {
      StringBuilder text = new StringBuilder();
      while (at < regex.length()) {
        char c = regex.charAt(at);
        int start = text.length();
        if (c == '\\') {
          // Of what is escaped only ASCII punctuation stands for itself.
          char escaped = at + 1 < regex.length() ? regex.charAt(at + 1) : 'a';
          if (escaped >= 0x7F || escaped <= ' ' || Character.isLetterOrDigit(escaped)) {
            throw new OtherRegex();
          }
          text.append(escaped);
          at += 2;
        } else if (SPECIAL.indexOf(c) < 0) {
          if (Character.isSurrogate(c)) {
            throw new OtherRegex();
          }
          text.append(c);
          at++;
        } else {
          break;
        }
        if (text.length() > start) {
          noQuantifier();
        }
      }
      if (text.length() == 0) {
        throw new OtherRegex();
      }
      return text.toString();
    }

    private void noQuantifier() throws OtherRegex {
      if (at < regex.length() && "*+?{".indexOf(regex.charAt(at)) >= 0) {
        throw new OtherRegex();
      }
    }

    private List<Word> product(List<Word> heads, List<Word> tails) throws OtherRegex {
      if (heads.size() == 1 && heads.get(0).text().isEmpty() && heads.get(0).groups().length == 0) {
        return tails;
      }
      bound((long) heads.size() * tails.size(), 0);
      List<Word> words = new ArrayList<>(heads.size() * tails.size());
      long weight = 0;
      for (Word head : heads) {
        for (Word tail : tails) {
          Word word =
              new Word(
                  head.text() + tail.text(),
                  joined(head.groups(), head.text().length(), tail.groups()));
          weight += word.weight();
          bound(words.size(), weight);
          words.add(word);
        }
      }
      return words;
    }

    private static int[] joined(int[] head, int shift, int[] tail) {
      if (head.length == 0 && (shift == 0 || tail.length == 0)) {
        return tail;
      }
      int[] groups = new int[head.length + tail.length];
      System.arraycopy(head, 0, groups, 0, head.length);
      for (int i = 0; i < tail.length; i++) {
        groups[head.length + i] = tail[i] + (i % 3 == 0 ? 0 : shift);
      }
      return groups;
    }

    private void bound(long words, long weight) throws OtherRegex {
      if (words > Math.max(FEW_WORDS, regex.length())
          || weight > LITTLE_WEIGHT + 8L * regex.length()) {
        throw new OtherRegex();
      }
    }

    private boolean isAt(char c) {
      return at < regex.length() && regex.charAt(at) == c;
    }
  }
}
