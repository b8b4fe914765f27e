package dev.stoker.admin.route;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Query parameters, checked. */
public final class Params {
  private static final Pattern RELATIVE = Pattern.compile("now(?:-(\\d{1,9})([smhd]))?");
  private static final Pattern MILLIS = Pattern.compile("\\d{1,15}");

  private final HttpServerRequest request;

  public Params(HttpServerRequest request) {
    this.request = request;
  }

  /** A misspelled parameter would otherwise be an answer to another question. */
  public void only(List<String> known) throws BadRequest {
    for (String name : request.params().names()) {
      if (!known.contains(name)) {
        throw new BadRequest(
            "the parameter " + name + " is unknown; write one of " + String.join(", ", known));
      }
    }
  }

  /** "" when it is not given. */
  public String text(String name) {
    String value = request.getParam(name);
    return value == null ? "" : value.strip();
  }

  public String choice(String name, List<String> known, String unset) throws BadRequest {
    String value = text(name);
    if (value.isEmpty()) {
      return unset;
    }
    if (!known.contains(value)) {
      throw new BadRequest(name + " must be one of " + String.join(", ", known));
    }
    return value;
  }

  /** A parameter that must be there. */
  public String required(String name) throws BadRequest {
    String value = request.getParam(name);
    if (value == null || value.isEmpty()) {
      throw new BadRequest("parameter " + name + " is missing");
    }
    return value;
  }

  public int number(String name, int unset, int max) throws BadRequest {
    return number(name, unset, 0, max);
  }

  public int number(String name, int unset, int min, int max) throws BadRequest {
    String value = text(name);
    if (value.isEmpty()) {
      return unset;
    }
    int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : Integer.MAX_VALUE;
    if (number < min || number > max) {
      throw new BadRequest(name + " must be a number from " + min + " to " + max);
    }
    return number;
  }

  /**
   * A time as Unix milliseconds, <code>now</code> or <code>now-15m</code>.
   *
   * @param unset such a text, for when it is not given
   * @param now Unix milliseconds
   * @return Unix milliseconds
   */
  public long time(String name, String unset, long now) throws BadRequest {
    String value = text(name);
    OptionalLong millis = time(value.isEmpty() ? unset : value, now);
    if (millis.isEmpty()) {
      throw new BadRequest(name + " must be Unix milliseconds, now, or now-15m (units s, m, h, d)");
    }
    return millis.getAsLong();
  }

  private static OptionalLong time(String text, long now) {
    if (MILLIS.matcher(text).matches()) {
      return OptionalLong.of(Long.parseLong(text));
    }
    Matcher relative = RELATIVE.matcher(text);
    if (!relative.matches()) {
      return OptionalLong.empty();
    }
    if (relative.group(1) == null) {
      return OptionalLong.of(now + 1);
    }
    long unit =
        switch (relative.group(2)) {
          case "s" -> 1_000L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          default -> 86_400_000L;
        };
    return OptionalLong.of(now - Long.parseLong(relative.group(1)) * unit);
  }
}
