package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** <code>string.format</code>: what the documentation of Alloy calls verbs, and %v. */
final class Format {
  private static final Pattern VERB =
      Pattern.compile("%([ +#0-]*)(\\d{0,3})(?:\\.(\\d{0,2}))?(?:\\[(\\d{1,3})\\])?(\\p{L}|%)");

  private final int line;
  private final Evaluator.Surroundings surroundings;
  private final List<Text> parts = new ArrayList<>();
  private int next = 1;
  private int used = 1;

  Format(int line, Evaluator.Surroundings surroundings) {
    this.line = line;
    this.surroundings = surroundings;
  }

  Text apply(List<Value> arguments) throws AlloyError {
    if (arguments.isEmpty()) {
      throw new AlloyError(line, "string.format has no arguments");
    }
    String pattern =
        Texts.plain(Variables.filledIn(arguments.get(0), surroundings), "the format", line);
    Matcher verb = VERB.matcher(pattern);
    int from = 0;
    for (int at = pattern.indexOf('%'); at >= 0; at = pattern.indexOf('%', from)) {
      parts.add(Text.of(pattern.substring(from, at)));
      verb.region(at, pattern.length());
      if (!verb.lookingAt()) {
        throw unknown();
      }
      if (verb.group(5).equals("%")) {
        parts.add(Text.of("%"));
      } else {
        parts.add(verb(verb, arguments));
      }
      from = verb.end();
    }
    parts.add(Text.of(pattern.substring(from)));
    if (used < arguments.size()) {
      throw new AlloyError(line, "string.format has more arguments than verbs");
    }
    return Texts.join(parts, line);
  }

  private AlloyError unknown() {
    return new AlloyError(
        line,
        "string.format knows the verbs %s, %q, %v, %t, %d, %b, %o, %x, %X, %e, %E, %f, %g, %G and"
            + " %%; write one of them");
  }

  private Text verb(Matcher verb, List<Value> arguments) throws AlloyError {
    int at = verb.group(4) == null ? next : Integer.parseInt(verb.group(4));
    if (at < 1 || at >= arguments.size()) {
      throw new AlloyError(line, "string.format has fewer arguments than verbs");
    }
    next = at + 1;
    used = Math.max(used, next);
    Value argument = arguments.get(at);
    char letter = verb.group(5).charAt(0);
    boolean bare = verb.group(2).isEmpty() && verb.group(3) == null;
    if (argument instanceof Text text && bare && (letter == 's' || letter == 'v')) {
      return text;
    }
    if (argument instanceof Text text && bare && letter == 'q' && !text.isPlain()) {
      argument = Variables.text(text, surroundings);
      if (argument.equals(text)) {
        return Texts.join(List.of(Text.of("\""), text, Text.of("\"")), line);
      }
    }
    String flags = verb.group(1);
    String shown = shown(letter, verb, Variables.filledIn(argument, surroundings));
    int width = verb.group(2).isEmpty() ? 0 : Integer.parseInt(verb.group(2));
    return Text.of(padded(shown, flags, width, "svqt".indexOf(letter) < 0));
  }

  private String shown(char letter, Matcher verb, Value argument) throws AlloyError {
    String digits = verb.group(3);
    String flags = verb.group(1);
    return switch (letter) {
      case 's', 'q', 'v' -> {
        String text = letter == 'v' ? asIs(argument) : string(argument);
        int most = digits == null ? Integer.MAX_VALUE : precision(digits);
        int points = text.codePointCount(0, text.length());
        String cut = points > most ? text.substring(0, text.offsetByCodePoints(0, most)) : text;
        yield letter == 'q' ? Encoding.json(Text.of(cut), line) : cut;
      }
      case 't' -> {
        String text = string(argument);
        if (!text.equals("true") && !text.equals("false")) {
          throw impossible(argument, letter);
        }
        yield text;
      }
      case 'd' -> signed(whole(argument, letter).toString(), flags);
      case 'b' -> radix(whole(argument, letter), 2, flags, "0b");
      case 'o' -> radix(whole(argument, letter), 8, flags, "0");
      case 'x' -> radix(whole(argument, letter), 16, flags, "0x");
      case 'X' -> radix(whole(argument, letter), 16, flags, "0x").toUpperCase(Locale.ROOT);
      case 'e', 'f', 'E', 'F' -> {
        String format = "%." + (digits == null ? 6 : precision(digits)) + letter;
        format = letter == 'F' ? format.toLowerCase(Locale.ROOT) : format;
        yield signed(String.format(Locale.ROOT, format, number(argument, letter)), flags);
      }
      case 'g' -> signed(Numbers.general(decimal(argument, letter, digits)), flags);
      case 'G' ->
          signed(
              Numbers.general(decimal(argument, letter, digits)).toUpperCase(Locale.ROOT), flags);
      default -> throw unknown();
    };
  }

  private static int precision(String digits) {
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  private BigDecimal decimal(Value argument, char letter, @Nullable String digits)
      throws AlloyError {
    BigDecimal exact = number(argument, letter);
    return digits == null
        ? exact
        : exact.round(new java.math.MathContext(Math.max(1, precision(digits))));
  }

  private String asIs(Value argument) throws AlloyError {
    if (argument instanceof Value.Num num) {
      return Numbers.general(BigDecimal.valueOf(num.number()));
    }
    return argument instanceof Value.Items || argument instanceof Value.Entries
        ? Encoding.json(argument, line)
        : argument instanceof Value.Nothing ? "null" : string(argument);
  }

  private String string(Value argument) throws AlloyError {
    if (argument instanceof Value.Num num) {
      return BigDecimal.valueOf(num.number()).stripTrailingZeros().toPlainString();
    }
    if (argument instanceof Value.Bool bool) {
      return Boolean.toString(bool.value());
    }
    return Texts.plain(argument, "an argument of string.format", line);
  }

  private BigDecimal number(Value argument, char letter) throws AlloyError {
    if (argument instanceof Value.Num num) {
      return BigDecimal.valueOf(num.number());
    }
    String text = argument instanceof Text ? string(argument) : "";
    if (text.matches("[+-]?\\d{1,30}(\\.\\d{1,30})?")) {
      return new BigDecimal(text);
    }
    throw impossible(argument, letter);
  }

  private BigInteger whole(Value argument, char letter) throws AlloyError {
    try {
      return number(argument, letter).toBigIntegerExact();
    } catch (ArithmeticException fraction) {
      throw impossible(argument, letter);
    }
  }

  private AlloyError impossible(Value argument, char letter) {
    return new AlloyError(
        line,
        "string.format cannot put "
            + argument.describe()
            + " of this value into %"
            + letter
            + "; write %v for any value");
  }

  private static String radix(BigInteger number, int radix, String flags, String prefix) {
    String digits = (flags.contains("#") ? prefix : "") + number.abs().toString(radix);
    return signed(number.signum() < 0 ? "-" + digits : digits, flags);
  }

  private static String signed(String number, String flags) {
    boolean plus = !number.startsWith("-");
    return plus && flags.contains("+")
        ? "+" + number
        : plus && flags.contains(" ") ? " " + number : number;
  }

  private static String padded(String text, String flags, int width, boolean number) {
    int missing = width - text.codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    if (flags.contains("-")) {
      return text + " ".repeat(missing);
    }
    if (!flags.contains("0")) {
      return " ".repeat(missing) + text;
    }
    int sign = number && !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
    return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
  }
}
