package dev.stoker.http.failure;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Recognises a page for people where data is expected. */
public final class LoginPage {
  private static final int LOOKED_AT = 256;
  private static final int SHOWN = 80;

  /**
   * Says that an answer is a page, and what the page says.
   *
   * @param contentType the media type, or "" if the answer has none
   * @return words to set behind others, starting with "; ", or "" if the answer is no HTML
   */
  public static String hint(String contentType, Buffer body) {
    return isHtml(contentType, body)
        ? "; the answer is HTML: a login page or a proxy? It says: " + text(body)
        : "";
  }

  /** Decides by the media type or by the first bytes. */
  public static boolean isHtml(String contentType, Buffer body) {
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.startsWith("text/html")
        || type.startsWith("application/xhtml")
        || beginning(body).strip().startsWith("<");
  }

  private static String beginning(Buffer body) {
    return body.getString(0, Math.min(body.length(), LOOKED_AT));
  }

  /** The first words of the page, without tags. */
  private static String text(Buffer body) {
    String page =
        body.getString(0, Math.min(body.length(), 16 * LOOKED_AT), StandardCharsets.UTF_8.name());
    String words = page.replaceAll("<[^<>]*>", " ").replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return words.length() > SHOWN ? words.substring(0, SHOWN) + "…" : words;
  }

  private LoginPage() {}
}
