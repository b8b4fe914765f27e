package dev.stoker.write.http;

import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.secret.Redaction;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** What a server says, for users: it holds neither secrets nor long excerpts. */
public final class AnswerTexts {
  private static final int EXCERPT_CHARS = 300;
  private static final int WORD_CHARS = 80;

  private final EndpointConfig config;
  private final ClientAccess settings;
  private final String login;

  /**
   * @param login value of the header Authorization that the URL brings; "" = none
   */
  AnswerTexts(EndpointConfig config, ClientAccess settings, String login) {
    this.config = config;
    this.settings = settings;
    this.login = login;
  }

  /** The same text without secrets. */
  public String redacted(String text) {
    return Redaction.of(
        settings.redact(text),
        Stream.concat(config.headers().values().stream(), Redaction.credentials(login)));
  }

  /** An excerpt of a body, without secrets. */
  public String shown(Buffer body) {
    return excerpt(redacted(body.toString(StandardCharsets.UTF_8)));
  }

  /** Connect's error message where it is one, else the first line's worth of text. */
  public static String excerpt(String body) {
    String text = body;
    if (text.startsWith("{")) {
      try {
        JsonObject error = new JsonObject(text);
        text = error.getString("code", "") + " " + error.getString("message", "");
      } catch (DecodeException | ClassCastException notConnect) {
        // shown as it came
      }
    }
    return shortened(text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip());
  }

  /** A server repeats the labels first, and says what is wrong with them at the end. */
  private static String shortened(String line) {
    if (line.length() <= EXCERPT_CHARS) {
      return line;
    }
    StringBuilder words = new StringBuilder();
    for (String word : line.split(" ", -1)) {
      boolean over = word.length() > WORD_CHARS;
      words.append(words.isEmpty() ? "" : " ");
      words.append(over ? word.substring(0, WORD_CHARS / 2) + "…" : word);
    }
    if (words.length() <= EXCERPT_CHARS) {
      return words.toString();
    }
    String tail = words.substring(words.length() - EXCERPT_CHARS / 2);
    return words.substring(0, EXCERPT_CHARS / 2) + " … " + tail;
  }
}
