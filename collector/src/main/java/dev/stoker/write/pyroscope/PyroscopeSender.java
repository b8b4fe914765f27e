package dev.stoker.write.pyroscope;

import dev.stoker.http.address.Urls;
import dev.stoker.http.client.AuthorizationHeader;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpExchange;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.write.endpoint.SendResult;
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
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Sends one profile per request, as push.v1 in Connect's unary form: <code>
 * POST …/push.v1.PusherService/Push</code>. The request is the envelope and then the profile's own
 * bytes, which are neither copied together nor changed. With https the sender speaks HTTP/2 where
 * the server does. With plain http it speaks HTTP/1.1 with as many connections as max_in_flight, or
 * HTTP/2 with prior knowledge when h2c is set. What an answer means is said by {@link PushAnswers}.
 * The control context owns it.
 */
final class PyroscopeSender implements Sender {
  private static final String PATH = "/push.v1.PusherService/Push";

  private final EndpointConfig config;
  private final WatchedClient client;
  private final URI url;
  private final RequestOptions request;
  private final ClientAccess settings;
  private final PushAnswers answers;

  PyroscopeSender(EndpointConfig config, PyroscopeWrite.Services services, ClientAccess settings) {
    this.config = config;
    this.settings = settings;
    this.client = client(config, services);
    this.url = url(config.url());
    this.request = request(config, services.userAgent());
    this.answers = new PushAnswers(config, settings, url, request, services.timers());
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
      base = base.replaceFirst(Pattern.quote(user + "@"), "");
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
            .putHeader(HttpHeaders.CONTENT_TYPE, PushAnswers.MEDIA_TYPE)
            .putHeader("Connect-Protocol-Version", "1")
            .putHeader("Connect-Timeout-Ms", Long.toString(config.remoteTimeout().toMillis()));
    if (user != null) {
      options.putHeader(HttpHeaders.AUTHORIZATION, AuthorizationHeader.basic(Urls.decode(user)));
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
        .map(head -> answers.of(head, answer.body))
        .otherwise(failure -> answers.of(failure, answer.begun));
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
      SenderTenant.into(headers, tenant);
    }

    @Override
    public void head(HttpExchange exchange, Head head) {
      begun = true;
    }

    @Override
    public Future<Void> data(HttpExchange exchange, Buffer data) {
      if (body.length() < PushAnswers.BYTES) {
        body.appendBuffer(data.slice(0, Math.min(data.length(), PushAnswers.BYTES)));
      } else {
        exchange.enough();
      }
      return Future.succeededFuture();
    }
  }

  /** Shares the arrays; Buffer.buffer would copy them. */
  private static Buffer wrap(Push push) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(push.envelope(), push.body()));
  }
}
