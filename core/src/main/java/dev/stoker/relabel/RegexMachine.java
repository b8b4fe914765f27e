package dev.stoker.relabel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A regex that RE2/J matches, after {@link RegexShape} has found that it can. */
final class RegexMachine implements AnchoredRegex {
  private static final int MAX_REGEX = 16 << 10;

  /** Above, the compiler gets a stack of its own: it recurses per level of nesting. */
  private static final int SHALLOW = 50;

  private static final long COMPILER_STACK = 16L << 20;

  private final Pattern pattern;
  private final long cost;

  private RegexMachine(Pattern pattern, long cost) {
    this.pattern = pattern;
    this.cost = cost;
  }

  static RegexMachine compile(String regex) throws Refused {
    if (regex.length() > MAX_REGEX) {
      throw new Refused(
          "has more than "
              + MAX_REGEX
              + " characters; only a list of plain words such as a|b|c may be longer");
    }
    RegexShape shape = RegexShape.of(regex);
    if (shape.nesting() > RegexShape.MAX_NESTING) {
      throw new Refused("is nested too deep");
    }
    if (shape.size() > RegexShape.MAX_SIZE) {
      throw new Refused("repeats repetitions: it would be too large an RE2 expression");
    }
    Pattern pattern = pattern(regex, shape);
    if (!shape.text().equals(regex)) {
      Pattern balanced = pattern(shape.text(), shape);
      if (balanced.groupCount() == pattern.groupCount()
          && balanced.namedGroups().equals(pattern.namedGroups())) {
        pattern = balanced;
      }
    }
    if (shape.steps() > RegexShape.MAX_STEPS) {
      throw new Refused(
          "has too many alternatives or optional parts in a row to be matched; write plain words"
              + " without wildcards, or split it into several rules");
    }
    return new RegexMachine(pattern, shape.size());
  }

  private static Pattern pattern(String regex, RegexShape shape) throws Refused {
    Compiler compiler = new Compiler("^(?s:" + regex + ")$");
    if (shape.nesting() <= SHALLOW) {
      compiler.run();
    } else {
      Thread thread = new Thread(null, compiler, "stoker-regex", COMPILER_STACK);
      thread.start();
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return compiler.result();
  }

  /** Its fields are handed over by the end of the thread. */
  private static final class Compiler implements Runnable {
    private final String regex;
    private @Nullable Pattern pattern;
    private String problem = "";

    Compiler(String regex) {
      this.regex = regex;
    }

    private static String advice(String regex, String why) {
      if (regex.contains("(?=") || regex.contains("(?!") || regex.contains("(?<")) {
        return "; RE2 has no lookahead and no lookbehind: drop what must not match in a rule of its own";
      }
      if (why.startsWith("missing closing ")) {
        String closing = why.substring("missing closing ".length()).strip();
        String opening = closing.equals("]") ? "[" : "(";
        return "; write a " + closing + " at its end, or \\" + opening + " for the sign itself";
      }
      if (why.startsWith("missing argument")) {
        return "; write what is to repeat before it, such as .*, or \\* for the sign itself";
      }
      return "; put a backslash before a character that stands for itself";
    }

    @Override
    public void run() {
      try {
        pattern = Pattern.compile(regex);
      } catch (PatternSyntaxException bad) {
        problem =
            "is no RE2 expression: " + bad.getDescription() + advice(regex, bad.getDescription());
      } catch (StackOverflowError nested) {
        problem = "is nested too deep";
      }
    }

    Pattern result() throws Refused {
      Pattern made = pattern;
      if (made == null) {
        throw new Refused(problem);
      }
      return made;
    }
  }

  @Override
  public long cost() {
    return cost;
  }

  @Override
  public int groupCount() {
    return pattern.groupCount();
  }

  @Override
  public Map<String, Integer> namedGroups() {
    return pattern.namedGroups();
  }

  @Override
  public boolean matches(String value) {
    return pattern.matcher(value).matches();
  }

  @Override
  public @Nullable Groups match(String value) {
    Matcher match = pattern.matcher(value);
    return match.matches() ? match::group : null;
  }
}
