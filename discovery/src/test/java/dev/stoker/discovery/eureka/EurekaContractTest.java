package dev.stoker.discovery.eureka;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.HttpSourceContract;
import dev.stoker.http.client.HttpClientConfig;

final class EurekaContractTest extends HttpSourceContract {
  @Override
  protected Discoverer discoverer() {
    return EurekaDiscoverer.create(
        new EurekaConfig(
            "discovery.eureka.e", server.url("/eureka/").uri(), SOON, HttpClientConfig.DEFAULT),
        client(),
        vertx,
        timers);
  }

  @Override
  protected String contentType() {
    return "application/xml";
  }

  @Override
  protected String body(String path, int targets) {
    return "<applications><application><name>SHOP</name>"
        + String.join(
            "",
            each(
                targets,
                i ->
                    "<instance><instanceId>shop-"
                        + i
                        + "</instanceId><hostName>h</hostName><app>SHOP</app>"
                        + "<status>UP</status><port enabled=\"true\">"
                        + i
                        + "</port></instance>"))
        + "</application></applications>";
  }
}
