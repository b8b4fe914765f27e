package dev.stoker.discovery.http;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.discovery.TargetDocument;
import dev.stoker.http.address.Urls;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.http.failure.LoginPage;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.util.Locale;
import java.util.Map;

/** Asks a URL for a list of targets in Prometheus' JSON format. */
public final class HttpDiscoverer {
  private HttpDiscoverer() {}

  /**
   * @param get opened; closed with the discoverer
   */
  public static Discoverer create(
      HttpConfig config, BoundedClient get, Vertx vertx, Timers timers) {
    Map<String, String> headers =
        Map.of(
            "Accept",
            "application/json",
            "X-Prometheus-Refresh-Interval-Seconds",
            Long.toString(config.refreshInterval().toSeconds()));
    return new Polling(
        timers,
        config.refreshInterval(),
        () ->
            get.get(config.url(), headers, null)
                .compose(answer -> vertx.executeBlocking(() -> groups(config, answer), false))
                .compose(parsed -> parsed)
                .recover(why -> Future.failedFuture(get.redact(String.valueOf(why.getMessage())))),
        get::close);
  }

  private static Future<Polled> groups(HttpConfig config, BoundedClient.Answer answer) {
    String url = config.url().toString();
    String where = Urls.shown(config.url());
    if (answer.status() != 200) {
      return Future.failedFuture(where + " answers " + answer.status() + ", not 200");
    }
    String type = answer.contentType().toLowerCase(Locale.ROOT);
    if (!type.equals("application/json") && !type.startsWith("application/json;")) {
      return Future.failedFuture(
          where
              + " answers with Content-Type \""
              + type
              + "\"; it must be application/json"
              + LoginPage.hint(type, answer.body()));
    }
    try {
      JsonArray list = new JsonArray(answer.body());
      return Future.succeededFuture(
          new Polled(
              TargetDocument.groups(list.getList(), where, Labels.of("__meta_url", url)), ""));
    } catch (DecodeException | ClassCastException malformed) {
      return Future.failedFuture(
          where
              + " answers with no JSON list"
              + FailureMessages.ofJson(malformed)
              + LoginPage.hint(type, answer.body()));
    } catch (TargetDocument.Malformed malformed) {
      return Future.failedFuture(where + ": " + malformed.getMessage());
    }
  }
}
