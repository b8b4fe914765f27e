package dev.stoker.relabel;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user's regex in RE2 syntax that must match the whole of a value; its dot matches newlines. What
 * has been compiled can be matched on every thread: none needs more stack than Stoker's threads
 * have. Immutable and thread-safe.
 */
sealed interface AnchoredRegex permits LiteralWords, RegexMachine {
  /** What the groups of a match hold. */
  interface Groups {
    /**
     * @param group from 0, at most {@link #groupCount}
     * @return null when the group took no part in the match
     */
    @Nullable String group(int group);
  }

  /** A regex cannot be used; the message goes on after "its regex ". */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message, null, false, false);
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }

  /** Characters of a list of words. */
  int MAX_LIST = 1 << 20;

  /** What it takes in memory, in units of some 64 bytes. */
  long cost();

  int groupCount();

  Map<String, Integer> namedGroups();

  boolean matches(String value);

  /** Null when it does not match. */
  @Nullable Groups match(String value);

  /** Bounded in time, memory and stack, whatever the text is. */
  static AnchoredRegex compile(String regex) throws Refused {
    if (regex.length() > MAX_LIST) {
      throw new Refused("has more than " + MAX_LIST + " characters");
    }
    LiteralWords words = LiteralWords.of(regex);
    return words == null ? RegexMachine.compile(regex) : words;
  }
}
