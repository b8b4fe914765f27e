package dev.stoker.discovery.docker;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.HttpSourceContract;
import dev.stoker.http.client.HttpClientConfig;
import java.util.Map;

final class DockerContractTest extends HttpSourceContract {
  @Override
  protected Discoverer discoverer() {
    return DockerDiscoverer.create(
        new DockerConfig(
            "discovery.docker.d",
            server.url("/").uri(),
            "",
            6060,
            "the-host",
            true,
            Map.of(),
            SOON,
            HttpClientConfig.DEFAULT),
        client(),
        timers);
  }

  @Override
  protected String body(String path, int targets) {
    return path.startsWith("/networks")
        ? "[]"
        : each(
                targets,
                i ->
                    "{ \"Id\": \"c"
                        + i
                        + "\", \"Names\": [ \"/web\" ], \"HostConfig\": { \"NetworkMode\": \"host\" },"
                        + " \"NetworkSettings\": { \"Networks\": { \"host\": { \"NetworkID\": \"n\" } } } }")
            .toString();
  }
}
