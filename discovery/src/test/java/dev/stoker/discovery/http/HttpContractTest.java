package dev.stoker.discovery.http;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.HttpSourceContract;
import dev.stoker.http.client.HttpClientConfig;

final class HttpContractTest extends HttpSourceContract {
  @Override
  protected Discoverer discoverer() {
    return HttpDiscoverer.create(
        new HttpConfig(
            "discovery.http.h", server.url("/targets").uri(), SOON, HttpClientConfig.DEFAULT),
        client(),
        vertx,
        timers);
  }

  @Override
  protected String body(String path, int targets) {
    return "[{\"targets\": " + each(targets, i -> "\"h:" + i + "\"") + "}]";
  }
}
