package dev.stoker.http.failure;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Words for an answer that is a page for people where data is expected. */
public final class LoginPage {
  private static final int LOOKED_AT = 256;
  private static final int SHOWN = 80;

  /**
   * @param contentType "" = the answer has none
   * @return "" when the answer is no HTML; else words to set behind others, with what it says
   */
  public static String hint(String contentType, Buffer body) {
    return isHtml(contentType, body)
        ? "; the answer is HTML: a login page or a proxy? It says: " + text(body)
        : "";
  }

  /** By its type or by its first bytes. */
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
