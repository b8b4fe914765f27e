package dev.stoker.discovery.eureka;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.http.address.Urls;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.failure.LoginPage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.Map;
import javax.xml.stream.XMLStreamException;

/** Asks a Eureka server for all instances, and parses its answer beside the control context. */
final class EurekaDiscoverer {
  private static final Map<String, String> HEADERS = Map.of("Accept", "application/xml");

  private EurekaDiscoverer() {}

  /**
   * @param get opened; closed with the discoverer
   */
  static Discoverer create(EurekaConfig config, BoundedClient get, Vertx vertx, Timers timers) {
    URI apps = URI.create(config.server().toString().replaceAll("/+$", "") + "/apps");
    return new Polling(
        timers,
        config.refreshInterval(),
        () ->
            get.get(apps, HEADERS, null)
                .compose(answer -> vertx.executeBlocking(() -> polled(apps, answer), false))
                .compose(parsed -> parsed)
                .recover(why -> Future.failedFuture(get.redact(String.valueOf(why.getMessage())))),
        get::close);
  }

  private static Future<Polled> polled(URI apps, BoundedClient.Answer answer) {
    String where = Urls.shown(apps);
    if (answer.status() != 200) {
      return Future.failedFuture(
          where
              + " answers "
              + answer.status()
              + ", not 200; server has to be the base URL of Eureka's REST API, such as"
              + " http://eureka:8761/eureka");
    }
    try {
      return Future.succeededFuture(new Polled(Instances.groups(answer.body().getBytes()), ""));
    } catch (XMLStreamException malformed) {
      return Future.failedFuture(
          where
              + " answers with no XML of Eureka: "
              + String.valueOf(malformed.getMessage()).replace('\n', ' ')
              + (answer.contentType().contains("html")
                  ? LoginPage.hint(answer.contentType(), answer.body())
                  : ""));
    }
  }
}
