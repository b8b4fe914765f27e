package dev.stoker.write.pyroscope;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.FailureWords;
import dev.stoker.http.HttpSettings;
import dev.stoker.http.LoginPage;
import dev.stoker.http.NoAnswerException;
import dev.stoker.http.Redaction;
import dev.stoker.http.SettingsException;
import dev.stoker.http.WatchedClient;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.queue.OutgoingProfile;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * push.v1 as Connect unary: <code>POST …/push.v1.PusherService/Push</code>. On Vert.x' HttpClient
 * rather than its Web Client, because a body is sent as envelope and shared bytes without being
 * copied together. https speaks HTTP/2 where the server does; plain http is HTTP/1.1 with a pool as
 * large as max_in_flight, or HTTP/2 with prior knowledge when h2c is set.
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
  private final RequestOptions request;
  private final HttpSettings settings;

  PyroscopeSender(EndpointConfig config, PyroscopeWrite.Services services, HttpSettings settings) {
    this.config = config;
    this.settings = settings;
    this.timers = services.timers();
    this.client = client(config, services);
    this.request = request(config, services.userAgent());
  }

  private static WatchedClient client(EndpointConfig config, PyroscopeWrite.Services services) {
    HttpClientOptions options = HttpSettings.clientOptions().setDecompressionSupported(true);
    int pool = Math.max(1, config.queue().maxInFlight());
    return new WatchedClient(
        services.vertx(),
        services.timers(),
        options,
        new PoolOptions().setHttp1MaxSize(pool).setHttp2MaxSize(2));
  }

  private static RequestOptions request(EndpointConfig config, String userAgent) {
    URI url = config.url();
    String user = url.getRawUserInfo();
    String base = url.toString();
    if (user != null) {
      base = base.replaceFirst(java.util.regex.Pattern.quote(user + "@"), "");
    }
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(base.replaceAll("/+$", "") + PATH)
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
    Try attempt = new Try(profile);
    attempt.start();
    return attempt.promise.future();
  }

  @Override
  public Future<Void> close() {
    settings.close();
    return client.close();
  }

  /** One push under its total deadline: Vert.x' own timeouts are idle timeouts. */
  private final class Try {
    private final Promise<SendResult> promise = Promise.promise();
    private final String tenant;
    private final Push push;
    private @Nullable HttpClientRequest open;
    private final Timers.Cancellable deadline;

    Try(OutgoingProfile profile) {
      this.tenant = profile.tenant();
      this.push = Push.of(profile);
      this.deadline = timers.after(config.remoteTimeout().toMillis(), this::timedOut);
    }

    void start() {
      settings
          .request(client, new RequestOptions(request), config.url(), true)
          .onSuccess(this::write)
          .onFailure(this::notOpened);
    }

    private void notOpened(Throwable cause) {
      boolean lasting = cause instanceof SettingsException settled && settled.lasting();
      finish(
          new SendResult.Retryable(
              lasting ? Kind.MISCONFIGURED : Kind.UNREACHABLE,
              settings.reason(config.url(), cause),
              null));
    }

    private void write(HttpClientRequest opened) {
      if (promise.future().isComplete()) {
        opened.reset();
        return;
      }
      open = opened;
      if (!tenant.isEmpty()) {
        opened.putHeader(EndpointConfig.TENANT, tenant);
      }
      opened.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(push.size()));
      opened.exceptionHandler(cause -> broken("connection", cause));
      opened.response().onSuccess(this::answered).onFailure(cause -> broken("connection", cause));
      opened.write(wrap(push.envelope()));
      opened.end(wrap(push.body()));
    }

    private void answered(HttpClientResponse response) {
      settings.answered(response.statusCode(), true);
      Buffer body = Buffer.buffer();
      response.exceptionHandler(cause -> broken("answer", cause));
      response.handler(
          chunk -> {
            if (body.length() < ANSWER_BYTES) {
              body.appendBuffer(chunk.slice(0, Math.min(chunk.length(), ANSWER_BYTES)));
            } else {
              finish(result(response, body));
              reset();
            }
          });
      response.endHandler(ignored -> finish(result(response, body)));
    }

    private SendResult result(HttpClientResponse response, Buffer body) {
      SendResult result = plain(response, body);
      if (!(result instanceof SendResult.Rejected rejected) || response.statusCode() != 400) {
        return result;
      }
      String whole = body.toString(StandardCharsets.UTF_8);
      return new SendResult.Rejected(
          rejected.answer(), LabelComplaint.of(whole, body.length() >= ANSWER_BYTES));
    }

    private SendResult plain(HttpClientResponse response, Buffer body) {
      int status = response.statusCode();
      String type = response.getHeader(HttpHeaders.CONTENT_TYPE);
      if (status >= 200 && status < 300 && !config.acceptAny2xx() && !isProtocol(type)) {
        return notPyroscope(status, type == null ? "" : type, Buffer.buffer(redacted(body)));
      }
      return RetryTable.of(
          response.statusCode(),
          excerpt(redacted(body)),
          response.getHeader("Retry-After"),
          config.retry().on429(),
          Instant.ofEpochMilli(timers.wallMillis()));
    }

    private void timedOut() {
      finish(
          new SendResult.Retryable(
              Kind.UNAVAILABLE,
              "no answer within remote_timeout (" + config.remoteTimeout().toMillis() + " ms)",
              null));
      reset();
    }

    private void broken(String what, Throwable cause) {
      if (NoAnswerException.behind(cause) instanceof NoAnswerException told) {
        finish(
            new SendResult.Retryable(Kind.MISCONFIGURED, String.valueOf(told.getMessage()), null));
        return;
      }
      String why = what + " broke: " + FailureWords.of(cause) + settings.hint(config.url(), cause);
      finish(new SendResult.Retryable(Kind.UNAVAILABLE, why, null));
    }

    private void finish(SendResult result) {
      deadline.cancel();
      promise.tryComplete(result);
    }

    private void reset() {
      if (open != null) {
        open.reset();
      }
    }
  }

  /** Connect's clients take no other answer either; who answers otherwise has not understood. */
  private static boolean isProtocol(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
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

  /** Shares the array; Buffer.buffer would copy it. */
  private static Buffer wrap(byte[] bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
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
