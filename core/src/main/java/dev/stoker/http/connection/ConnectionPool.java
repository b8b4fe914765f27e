package dev.stoker.http.connection;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;

/**
 * One Vert.x client with its connections. A pool that is retired is closed when the last request
 * that uses it has ended.
 */
public final class ConnectionPool {
  private final HttpClient client;
  private final WebClient web;
  private int users;
  private boolean retired;

  ConnectionPool(HttpClient client) {
    this.client = client;
    this.web =
        WebClient.wrap(client, new WebClientOptions().setUserAgentEnabled(false))
            .addInterceptor(RequestSteps::intercept);
  }

  /** The Web Client, for the exchange alone: it sets the bounds that the Web Client lacks. */
  public WebClient web() {
    return web;
  }

  /** A request begins to use the pool; it calls {@link #leave} once when it has ended. */
  public void enter() {
    users++;
  }

  public void leave() {
    users--;
    closeIfUnused();
  }

  void retire() {
    retired = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (retired && users == 0) {
      client.close();
    }
  }

  Future<Void> close() {
    return client.close();
  }
}
