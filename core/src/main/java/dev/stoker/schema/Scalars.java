package dev.stoker.schema;

import com.typesafe.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converters of plain values. */
public final class Scalars {
  private static final int MAX_PORT = 65535;

  public static Converter<String> text() {
    return Converter.of("text", Scalars::text);
  }

  /** A text that is not blank. */
  public static Converter<String> nonEmpty() {
    return Converter.of("text", Scalars::nonEmptyText);
  }

  /** True or false. */
  public static Converter<Boolean> flag() {
    return Converter.of("true or false", Scalars::bool);
  }

  /** A port of TCP. */
  public static Converter<Integer> port() {
    return integer(1, MAX_PORT);
  }

  /** A base URL, see {@link #url(Node)}. */
  public static Converter<URI> url() {
    return Converter.of("URL", Scalars::url);
  }

  /** A list of texts; a single one may stand without brackets. */
  public static Converter<List<String>> texts() {
    return Converter.of("list of texts", Scalars::texts, Scalars::list);
  }

  private static @Nullable List<String> texts(Node node) {
    List<String> texts = new ArrayList<>();
    for (Node element : node.elements()) {
      String text = text(element);
      if (text == null) {
        return null;
      }
      texts.add(text);
    }
    return texts;
  }

  /** Any plain value as text: HOCON users leave quotes out. */
  public static @Nullable String text(Node node) {
    Optional<String> text = node.scalar();
    if (text.isEmpty()) {
      node.error(
          "must be a text such as "
              + node.key()
              + " = \"…\", but is "
              + node.describe()
              + (node.isObject() ? "; a key that has dots must be quoted" : ""));
    }
    return text.orElse(null);
  }

  public static @Nullable String nonEmptyText(Node node) {
    String text = text(node);
    if (text != null && text.isBlank()) {
      node.error("is empty; write a value or leave it out");
      return null;
    }
    return text;
  }

  public static @Nullable Boolean bool(Node node) {
    try {
      return node.value().atKey("v").getBoolean("v");
    } catch (ConfigException wrong) {
      node.error("must be true or false, but is " + node.describe());
      return null;
    }
  }

  /** A whole number between the bounds, both included. */
  public static Converter<Integer> integer(int min, int max) {
    return Converter.of("number", within(min, max));
  }

  private static Converter<Integer> within(int min, int max) {
    return node -> {
      String text = node.scalar().orElse("");
      String range = "a whole number from " + min + " to " + max;
      if (!text.matches("-?[0-9]{1,18}")) {
        node.error("must be " + range + ", but is " + node.describe());
        return null;
      }
      long number = Long.parseLong(text);
      if (number < min || number > max) {
        node.error("is " + number + ", but must be " + range);
        return null;
      }
      return (int) number;
    };
  }

  /** One of a few words. */
  public static <T> Converter<T> choice(Map<String, T> values) {
    return Converter.of(
        Texts.or(values.keySet().stream().sorted().toList()),
        oneOf(values),
        value -> word(values, value));
  }

  private static String list(List<String> texts) {
    return texts.isEmpty() ? "" : "[\"" + String.join("\", \"", texts) + "\"]";
  }

  private static <T> String word(Map<String, T> values, T value) {
    return values.entrySet().stream()
        .filter(entry -> entry.getValue().equals(value))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  private static <T> Converter<T> oneOf(Map<String, T> values) {
    return node -> {
      T value = values.get(node.scalar().orElse(""));
      if (value == null) {
        node.error(
            "must be "
                + Texts.or(values.keySet().stream().sorted().toList())
                + ", but is "
                + node.describe());
      }
      return value;
    };
  }

  /** http or https with a host; credentials may be part of it, query and fragment not. */
  public static @Nullable URI url(Node node) {
    String text = text(node);
    if (text == null) {
      return null;
    }
    String example = "; write a URL such as http://pyroscope:4040";
    try {
      URI url = new URI(text);
      String wrong = wrong(url);
      if (wrong.isEmpty()) {
        return url;
      }
      node.error(node.describe() + " " + wrong + example);
    } catch (URISyntaxException malformed) {
      node.error(node.describe() + " is no URL" + example);
    }
    return null;
  }

  private static String wrong(URI url) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return "does not start with http:// or https://";
    }
    if (url.getHost() == null || url.getHost().isEmpty()) {
      return url.getRawAuthority() != null && url.getRawAuthority().contains("_")
          ? "has an underscore in its host, which no host name may have"
          : "has no valid host and port";
    }
    if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
      return "has a port outside of 1 to 65535";
    }
    boolean extra = url.getRawQuery() != null || url.getRawFragment() != null;
    return extra ? "has a query or a fragment, which a base URL cannot have" : "";
  }

  private Scalars() {}
}
