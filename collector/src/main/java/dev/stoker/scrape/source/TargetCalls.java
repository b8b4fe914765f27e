package dev.stoker.scrape.source;

import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpExchange;
import dev.stoker.http.connection.WatchedClient;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends requests to a target with the component's HTTP settings; each is one {@link Call}. */
public final class TargetCalls {
  private final WatchedClient client;
  private final String userAgent;
  private final Supplier<ClientAccess> settings;

  /** Takes the body of a 2xx answer piece by piece. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @throws CallFailed ends the call
     */
    void data(Buffer data) throws CallFailed;

    /** Bytes that the sink keeps of everything that has come. */
    default long held() {
      return 0;
    }
  }

  /**
   * @param socket path of the unix socket to use, or "" for the URL's host
   * @param json null = no body
   */
  public record Request(HttpMethod method, URI url, String socket, @Nullable Buffer json) {}

  /**
   * @param location "" = none
   * @param text the beginning of the body of an answer that is not 2xx, without secrets
   */
  public record Answer(int status, String location, String text) {
    public boolean ok() {
      return status >= 200 && status < 300;
    }
  }

  /**
   * @param client as {@link dev.stoker.scrape.fetch.ScrapeClient} makes it
   * @param settings those of now: a reload may exchange them
   */
  public TargetCalls(WatchedClient client, String userAgent, Supplier<ClientAccess> settings) {
    this.client = client;
    this.userAgent = userAgent;
    this.settings = settings;
  }

  /** Starts it. Redirects are not followed: nothing but the target is to be changed. */
  public Call call(Request request, Sink sink) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(request.method())
            .putHeader("User-Agent", userAgent)
            .putHeader("Accept", "application/json, */*;q=0.5");
    if (request.json() != null) {
      options.putHeader("Content-Type", "application/json");
    }
    if (!request.socket().isEmpty()) {
      options.setServer(SocketAddress.domainSocketAddress(request.socket()));
    }
    return new Call(
        client,
        settings.get(),
        new HttpExchange.Request(request.url(), options, request.json(), false, 0),
        request.socket(),
        sink);
  }

  /** Gathers a small answer. */
  public static final class Gathered implements Sink {
    private final Buffer body = Buffer.buffer();
    private final int limit;

    public Gathered(int limit) {
      this.limit = limit;
    }

    @Override
    public void data(Buffer data) throws CallFailed {
      if (body.length() + (long) data.length() > limit) {
        throw new CallFailed(
            dev.stoker.scrape.fetch.Outcome.TOO_LARGE,
            "an answer that should be small is larger than " + limit + " bytes");
      }
      body.appendBuffer(data);
    }

    @Override
    public long held() {
      return body.length();
    }

    public Buffer body() {
      return body;
    }
  }
}
