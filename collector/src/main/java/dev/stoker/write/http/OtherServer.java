package dev.stoker.write.http;

import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.failure.LoginPage;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/**
 * A success counts only when it is of the protocol: who answers otherwise has not understood, such
 * as a login page or a proxy.
 */
public final class OtherServer {
  /** Whether the answer is of this media type, whatever its parameters. */
  public static boolean isMedia(Head head, String wanted) {
    String contentType = head.header(HttpHeaders.CONTENT_TYPE);
    int end = contentType.indexOf(';');
    String media = end < 0 ? contentType : contentType.substring(0, end);
    return media.strip().equalsIgnoreCase(wanted);
  }

  /**
   * What a push that was answered with success, but not by the right server, says to the user.
   *
   * @param whose such as "Pyroscope's"
   */
  public static SendResult answered(String whose, Head head, Buffer body, AnswerTexts texts) {
    String contentType = head.header(HttpHeaders.CONTENT_TYPE);
    String came =
        contentType.isEmpty() ? "without a Content-Type" : "with Content-Type " + contentType;
    String words = texts.redacted(body.toString(StandardCharsets.UTF_8));
    boolean html = LoginPage.isHtml(contentType, Buffer.buffer(words));
    String what =
        html
            ? "answer is HTML: a login page or a proxy?"
            : "answer is not " + whose + "; is url right, or is a proxy in between?";
    String shown = AnswerTexts.excerpt(html ? words.replaceAll("<[^<>]*>", " ") : words);
    return new SendResult.Retryable(
        Kind.MISCONFIGURED,
        what
            + " ("
            + head.status()
            + " "
            + AnswerTexts.excerpt(came)
            + (shown.isEmpty() ? ", an empty body" : ": " + shown)
            + "); accept_any_2xx = true takes such an answer for a delivery",
        null);
  }

  private OtherServer() {}
}
