package dev.stoker.write.http;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.address.Urls;
import dev.stoker.http.client.AuthorizationHeader;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.ExchangeException;
import dev.stoker.http.client.HttpExchange;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.client.SettingsException;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.http.failure.NoAnswerException;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Sends one request per profile to the server of an endpoint, with what its config says of
 * credentials, headers and time. With https it speaks HTTP/2 where the server does. With plain http
 * it speaks HTTP/1.1 with as many connections as max_in_flight, or HTTP/2 with prior knowledge
 * where the protocol or h2c says so. What an answer means is the protocol's business; what the lack
 * of one means is said here. The control context owns it.
 */
public final class PushClient {
  /** So much of an answer is read: a server may repeat labels before it says what is wrong. */
  public static final int BYTES = 64 << 10;

  private final EndpointConfig config;
  private final WatchedClient client;
  private final URI url;
  private final RequestOptions request;
  private final ClientAccess settings;
  private final AnswerTexts texts;

  /** What a client needs of the daemon. */
  public record Services(Vertx vertx, Timers timers, String userAgent) {}

  /**
   * What the requests of a protocol have in common.
   *
   * @param path below the URL of the endpoint
   * @param http2 true = it cannot be spoken over HTTP/1.1
   */
  public record Form(String path, Map<String, String> headers, boolean http2) {}

  /**
   * An answer.
   *
   * @param body as much of it as was read, {@link #BYTES} at most
   */
  public record Answered(Head head, Buffer body, MultiMap trailers) {}

  /** Says what an answer means. */
  @FunctionalInterface
  public interface Answers {
    SendResult of(Answered answered);
  }

  /**
   * @param settings closed with the client
   */
  public PushClient(EndpointConfig config, Form form, Services services, ClientAccess settings) {
    this.config = config;
    this.settings = settings;
    int pool = Math.max(1, config.queue().maxInFlight());
    this.client =
        new WatchedClient(
            services.vertx(),
            services.timers(),
            WatchedClient.Options.DEFAULT.withConnections(pool, 2));
    this.url = url(config.url(), form.path());
    this.request = request(config, form, services.userAgent());
    String login = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    this.texts = new AnswerTexts(config, settings, login == null ? "" : login);
  }

  /** Without the userinfo, which is sent as a header. */
  private static URI url(URI configured, String path) {
    String user = configured.getRawUserInfo();
    String base = configured.toString();
    if (user != null) {
      base = base.replaceFirst(Pattern.quote(user + "@"), "");
    }
    return URI.create(base.replaceAll("/+$", "") + path);
  }

  private static RequestOptions request(EndpointConfig config, Form form, String userAgent) {
    String user = config.url().getRawUserInfo();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setConnectTimeout(config.remoteTimeout().toMillis())
            .putHeader(HttpHeaders.USER_AGENT, userAgent);
    form.headers().forEach(options::putHeader);
    if (user != null) {
      options.putHeader(HttpHeaders.AUTHORIZATION, AuthorizationHeader.basic(Urls.decode(user)));
    }
    if (config.h2c() || form.http2()) {
      options.setProtocolVersion(HttpVersion.HTTP_2);
    }
    config.headers().forEach(options::putHeader);
    return options;
  }

  public AnswerTexts texts() {
    return texts;
  }

  /**
   * @param tenant as the queue has it
   * @return never fails
   */
  public Future<SendResult> send(Buffer body, String tenant, Answers answers) {
    if (!tenant.chars().allMatch(c -> c > ' ' && c < 127)) {
      String answer = "not sent: its __tenant_id__ holds a space or a character outside of ASCII";
      return Future.succeededFuture(new SendResult.Rejected(answer));
    }
    Answer answer = new Answer(tenant);
    HttpExchange.Request asked =
        new HttpExchange.Request(url, request, body, false, config.remoteTimeout().toMillis());
    return HttpExchange.start(client, settings, asked, answer)
        .result()
        .map(head -> answers.of(new Answered(head, answer.body, answer.trailers)))
        .otherwise(failure -> failed(failure, answer.begun));
  }

  /** No whole answer has come. */
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

  public Future<Void> close() {
    settings.close();
    return client.close();
  }

  /** What is read of an answer: enough for a message. */
  private static final class Answer implements HttpExchange.Receiver {
    private final String tenant;
    private final Buffer body = Buffer.buffer();
    private MultiMap trailers = MultiMap.caseInsensitiveMultiMap();
    private boolean begun;

    Answer(String tenant) {
      this.tenant = tenant;
    }

    @Override
    public void sending(MultiMap headers) {
      SenderTenant.into(headers, tenant);
    }

    @Override
    public void head(HttpExchange exchange, Head head) {
      begun = true;
    }

    @Override
    public Future<Void> data(HttpExchange exchange, Buffer data) {
      if (body.length() < BYTES) {
        body.appendBuffer(data.slice(0, Math.min(data.length(), BYTES)));
      } else {
        exchange.enough();
      }
      return Future.succeededFuture();
    }

    @Override
    public void trailers(MultiMap came) {
      trailers = came;
    }
  }
}
