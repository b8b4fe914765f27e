package dev.stoker.write.pyroscope;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.ExchangeException;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.client.SettingsException;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.http.failure.LoginPage;
import dev.stoker.http.failure.NoAnswerException;
import dev.stoker.http.secret.Redaction;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Says what came of a push: the one place that maps an answer, or the lack of one, to a verdict. A
 * status means what {@link RetryTable} says. Two things are told by more than the status: a success
 * counts only when it is Pyroscope's own, and a 400 may name labels that can be mended ({@link
 * LabelComplaint}). The texts are for users, so they hold neither secrets nor long excerpts. What
 * follows from a verdict is the endpoint's business: see {@link SendResult}.
 */
final class PushAnswers {
  static final String MEDIA_TYPE = "application/proto";

  /** So much of an answer is read: a server may repeat labels before it says what is wrong. */
  static final int BYTES = 64 << 10;

  private static final int EXCERPT_CHARS = 300;
  private static final int WORD_CHARS = 80;

  private final EndpointConfig config;
  private final ClientAccess settings;
  private final URI url;
  private final RequestOptions request;
  private final Timers timers;

  /**
   * @param url that pushes go to
   * @param request its headers may hold the credentials of the URL
   */
  PushAnswers(
      EndpointConfig config,
      ClientAccess settings,
      URI url,
      RequestOptions request,
      Timers timers) {
    this.config = config;
    this.settings = settings;
    this.url = url;
    this.request = request;
    this.timers = timers;
  }

  /**
   * An answer has come.
   *
   * @param body as much of it as was read, {@link #BYTES} at most
   */
  SendResult of(Head head, Buffer body) {
    SendResult result = byStatus(head, body);
    if (!(result instanceof SendResult.Rejected rejected) || head.status() != 400) {
      return result;
    }
    String whole = body.toString(StandardCharsets.UTF_8);
    return new SendResult.Rejected(
        rejected.answer(), LabelComplaint.of(whole, body.length() >= BYTES));
  }

  private SendResult byStatus(Head head, Buffer body) {
    String type = head.header(HttpHeaders.CONTENT_TYPE);
    if (head.ok() && !config.acceptAny2xx() && !isProtocol(type)) {
      return notPyroscope(head.status(), type, Buffer.buffer(redacted(body)));
    }
    return RetryTable.of(
        head.status(),
        excerpt(redacted(body)),
        head.headers().get("Retry-After"),
        config.retry().on429(),
        Instant.ofEpochMilli(timers.wallMillis()));
  }

  /**
   * No whole answer has come.
   *
   * @param begun whether the answer had begun
   */
  SendResult of(Throwable why, boolean begun) {
    if (!(why instanceof ExchangeException failure)) {
      return new SendResult.Retryable(Kind.UNAVAILABLE, "internal error: " + why, null);
    }
    Throwable cause = failure.reason();
    return switch (failure.kind()) {
      case UNREACHABLE -> {
        boolean lasting = cause instanceof SettingsException settled && settled.lasting();
        yield new SendResult.Retryable(
            lasting ? Kind.MISCONFIGURED : Kind.UNREACHABLE, settings.reason(url, cause), null);
      }
      case BROKEN -> broken(begun ? "answer" : "connection", cause);
      case TIMEOUT ->
          new SendResult.Retryable(
              Kind.UNAVAILABLE,
              "no answer within remote_timeout (" + config.remoteTimeout().toMillis() + " ms)",
              null);
      case REDIRECT_LOOP, BAD_REDIRECT, STOPPED ->
          new SendResult.Retryable(Kind.UNAVAILABLE, String.valueOf(failure.getMessage()), null);
    };
  }

  private SendResult broken(String what, Throwable cause) {
    if (NoAnswerException.behind(cause) instanceof NoAnswerException told) {
      return new SendResult.Retryable(Kind.MISCONFIGURED, String.valueOf(told.getMessage()), null);
    }
    String why = what + " broke: " + FailureMessages.of(cause) + settings.hint(url, cause);
    return new SendResult.Retryable(Kind.UNAVAILABLE, why, null);
  }

  /** Connect's clients take no other answer either; who answers otherwise has not understood. */
  private static boolean isProtocol(String contentType) {
    int end = contentType.indexOf(';');
    String media = end < 0 ? contentType : contentType.substring(0, end);
    return media.strip().equalsIgnoreCase(MEDIA_TYPE);
  }

  /** What a push that was answered with success, but not by Pyroscope, says to the user. */
  private static SendResult notPyroscope(int status, String contentType, Buffer body) {
    String came =
        contentType.isEmpty() ? "without a Content-Type" : "with Content-Type " + contentType;
    boolean html = LoginPage.isHtml(contentType, body);
    String what =
        html
            ? "answer is HTML: a login page or a proxy?"
            : "answer is not Pyroscope's; is url right, or is a proxy in between?";
    String words =
        html
            ? body.toString(StandardCharsets.UTF_8).replaceAll("<[^<>]*>", " ")
            : body.toString(StandardCharsets.UTF_8);
    String shown = excerpt(words);
    return new SendResult.Retryable(
        Kind.MISCONFIGURED,
        what
            + " ("
            + status
            + " "
            + excerpt(came)
            + (shown.isEmpty() ? ", an empty body" : ": " + shown)
            + "); accept_any_2xx = true takes such an answer for a delivery",
        null);
  }

  private String redacted(Buffer body) {
    String login = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    return Redaction.of(
        settings.redact(body.toString(StandardCharsets.UTF_8)),
        Stream.concat(
            config.headers().values().stream(), Redaction.credentials(login == null ? "" : login)));
  }

  /** Connect's error message where it is one, else the first line's worth of text. */
  private static String excerpt(String body) {
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
