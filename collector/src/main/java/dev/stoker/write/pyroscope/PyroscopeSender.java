package dev.stoker.write.pyroscope;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.ExchangeException;
import dev.stoker.http.client.HttpExchange;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.client.SettingsException;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.http.failure.LoginPage;
import dev.stoker.http.failure.NoAnswerException;
import dev.stoker.http.secret.Redaction;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.queue.OutgoingProfile;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;

/**
 * push.v1 as Connect unary: <code>POST …/push.v1.PusherService/Push</code>. A body is sent as
 * envelope and shared bytes without being copied together. https speaks HTTP/2 where the server
 * does; plain http is HTTP/1.1 with a pool as large as max_in_flight, or HTTP/2 with prior
 * knowledge when h2c is set.
 */
final class PyroscopeSender implements Sender {
  private static final String PATH = "/push.v1.PusherService/Push";
  private static final String MEDIA_TYPE = "application/proto";
  private static final int ANSWER_BYTES = 64 << 10;
  private static final int ANSWER_CHARS = 300;
  private static final int ANSWER_WORD = 80;

  private final EndpointConfig config;
  private final Timers timers;
  private final WatchedClient client;
  private final URI url;
  private final RequestOptions request;
  private final ClientAccess settings;

  PyroscopeSender(EndpointConfig config, PyroscopeWrite.Services services, ClientAccess settings) {
    this.config = config;
    this.settings = settings;
    this.timers = services.timers();
    this.client = client(config, services);
    this.url = url(config.url());
    this.request = request(config, services.userAgent());
  }

  private static WatchedClient client(EndpointConfig config, PyroscopeWrite.Services services) {
    int pool = Math.max(1, config.queue().maxInFlight());
    return new WatchedClient(
        services.vertx(),
        services.timers(),
        WatchedClient.Options.DEFAULT.withConnections(pool, 2));
  }

  /** Without the userinfo, which is sent as a header. */
  private static URI url(URI configured) {
    String user = configured.getRawUserInfo();
    String base = configured.toString();
    if (user != null) {
      base = base.replaceFirst(java.util.regex.Pattern.quote(user + "@"), "");
    }
    return URI.create(base.replaceAll("/+$", "") + PATH);
  }

  private static RequestOptions request(EndpointConfig config, String userAgent) {
    String user = config.url().getRawUserInfo();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setConnectTimeout(config.remoteTimeout().toMillis())
            .putHeader(HttpHeaders.USER_AGENT, userAgent)
            .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
            .putHeader("Connect-Protocol-Version", "1")
            .putHeader("Connect-Timeout-Ms", Long.toString(config.remoteTimeout().toMillis()));
    if (user != null) {
      String plain = java.net.URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
      options.putHeader(
          HttpHeaders.AUTHORIZATION,
          "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
    }
    if (config.h2c()) {
      options.setProtocolVersion(HttpVersion.HTTP_2);
    }
    config.headers().forEach(options::putHeader);
    return options;
  }

  @Override
  public Future<SendResult> send(OutgoingProfile profile) {
    if (!profile.tenant().chars().allMatch(c -> c > ' ' && c < 127)) {
      String answer = "not sent: its __tenant_id__ holds a space or a character outside of ASCII";
      return Future.succeededFuture(new SendResult.Rejected(answer));
    }
    Push push = Push.of(profile);
    Answer answer = new Answer(profile.tenant());
    return HttpExchange.start(client, settings, request(push), answer)
        .result()
        .map(head -> result(head, answer.body))
        .otherwise(failure -> failed(failure, answer.begun));
  }

  private HttpExchange.Request request(Push push) {
    return new HttpExchange.Request(
        url, request, wrap(push), false, config.remoteTimeout().toMillis());
  }

  @Override
  public Future<Void> close() {
    settings.close();
    return client.close();
  }

  /** What is read of an answer: enough for a message. */
  private static final class Answer implements HttpExchange.Receiver {
    private final String tenant;
    private final Buffer body = Buffer.buffer();
    private boolean begun;

    Answer(String tenant) {
      this.tenant = tenant;
    }

    @Override
    public void sending(MultiMap headers) {
      if (!tenant.isEmpty()) {
        headers.set(EndpointConfig.TENANT, tenant);
      }
    }

    @Override
    public void head(HttpExchange exchange, Head head) {
      begun = true;
    }

    @Override
    public Future<Void> data(HttpExchange exchange, Buffer data) {
      if (body.length() < ANSWER_BYTES) {
        body.appendBuffer(data.slice(0, Math.min(data.length(), ANSWER_BYTES)));
      } else {
        exchange.enough();
      }
      return Future.succeededFuture();
    }
  }

  private SendResult result(Head head, Buffer body) {
    SendResult result = plain(head, body);
    if (!(result instanceof SendResult.Rejected rejected) || head.status() != 400) {
      return result;
    }
    String whole = body.toString(StandardCharsets.UTF_8);
    return new SendResult.Rejected(
        rejected.answer(), LabelComplaint.of(whole, body.length() >= ANSWER_BYTES));
  }

  private SendResult plain(Head head, Buffer body) {
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
   * @param begun the answer has
   */
  private SendResult failed(Throwable why, boolean begun) {
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

  /** Shares the arrays; Buffer.buffer would copy them. */
  private static Buffer wrap(Push push) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(push.envelope(), push.body()));
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
    if (line.length() <= ANSWER_CHARS) {
      return line;
    }
    StringBuilder words = new StringBuilder();
    for (String word : line.split(" ", -1)) {
      boolean over = word.length() > ANSWER_WORD;
      words.append(words.isEmpty() ? "" : " ");
      words.append(over ? word.substring(0, ANSWER_WORD / 2) + "…" : word);
    }
    if (words.length() <= ANSWER_CHARS) {
      return words.toString();
    }
    String tail = words.substring(words.length() - ANSWER_CHARS / 2);
    return words.substring(0, ANSWER_CHARS / 2) + " … " + tail;
  }
}
