package dev.stoker.config.text;

import com.typesafe.config.ConfigException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HOCON parser's messages without its prefix, its advice on file names, and whatever of the
 * text it quotes: that may be a secret. Punctuation and the names of tokens stay.
 */
public final class SyntaxMessages {
  private static final Pattern PREFIX = Pattern.compile("^(?:@\\d+@(?:: \\d+(?:-\\d+)?)?: ?)+");
  private static final Pattern YAML =
      Pattern.compile("(?m)^[A-Za-z_]+:[ \\t]*\\r?$\\R[ \\t]*(- )?[A-Za-z_]+:");
  private static final Pattern QUOTED = Pattern.compile("(?s)'(.*?)'(?=[ ,.;:)(]|$)");
  private static final Pattern HARMLESS =
      Pattern.compile("[^\\p{L}\\p{N}\"]{1,3}|newline|end of file");

  public static String of(ConfigException failure) {
    if (failure instanceof ConfigException.WrongType) {
      return "object, list and plain value cannot be joined or stand at the top of a file; write"
          + " key = value";
    }
    String message = String.valueOf(failure.getMessage());
    message = PREFIX.matcher(message).replaceFirst("");
    int advice = message.indexOf(" (if you ");
    if (advice > 0) {
      message = message.substring(0, advice);
    }
    int reason = message.indexOf(" (");
    String detail = reason > 0 ? message.substring(reason) : "";
    message = mask(reason > 0 ? message.substring(0, reason) : message);
    String about =
        detail.contains("newline") ? " (a string ends on its line; write a \" at its end)" : "";
    if (message.contains("got ':'")) {
      about += " (a value with a : in it must be in quotes, such as \"app:6060\")";
    }
    return "no valid HOCON: "
        + lowerFirst(message)
        + about
        + "; check quotes, braces and commas here and above";
  }

  private static final Pattern SIGN = Pattern.compile("(?:got|token:) '([^\\p{L}\\p{N}\"'\\s])'");

  /** The sign that the parser did not expect. It is 0 when the parser names more than one sign. */
  public static char sign(ConfigException failure) {
    Matcher matcher = SIGN.matcher(String.valueOf(failure.getMessage()));
    return matcher.find() ? matcher.group(1).charAt(0) : 0;
  }

  public static boolean isAtTheEnd(ConfigException failure) {
    return String.valueOf(failure.getMessage()).contains("end of file");
  }

  public static String unclosed(OpenBlock open) {
    String what = (open.closing() == ']' ? "the list " : "the block ") + open.path();
    return what.strip()
        + " is not closed; write "
        + open.closing()
        + " at its end"
        + (open.before().isEmpty() ? "" : ", before " + open.before());
  }

  /** Says what to do with a file of another tool; "" = the text is not such a file. */
  public static String ofYaml(String text) {
    return YAML.matcher(text).find() && !text.contains("{\n")
        ? "is YAML, such as Prometheus and Parca have it, and no HOCON; write pyroscope.scrape.LABEL {"
            + " targets = [ { \"__address__\" = \"app:6060\" } ], forward_to = [ … ] }, as the files in"
            + " config-examples do"
        : "";
  }

  private static String mask(String message) {
    Matcher matcher = QUOTED.matcher(message);
    return matcher.replaceAll(
        found ->
            Matcher.quoteReplacement(
                HARMLESS.matcher(found.group(1)).matches() ? found.group() : "'…'"));
  }

  private static String lowerFirst(String text) {
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }

  private SyntaxMessages() {}
}
