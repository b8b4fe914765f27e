package dev.stoker.discovery.process;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.DiscovererContract;
import dev.stoker.discovery.process.ProcessConfig.Wanted;
import dev.stoker.labels.Labels;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

final class ProcessContractTest extends DiscovererContract {
  private volatile Callable<Processes.Found> proc = () -> new Processes.Found(List.of(), 0);

  @Override
  protected Discoverer discoverer() {
    return new ProcessDiscoverer(
        new ProcessConfig("discovery.process.p", List.of(), SOON, Wanted.DEFAULT),
        () -> proc.call(),
        vertx,
        timers);
  }

  @Override
  protected void works(int targets) {
    List<Labels> all =
        IntStream.rangeClosed(1, targets)
            .mapToObj(i -> Labels.of("__process_pid__", String.valueOf(i)))
            .toList();
    proc = () -> new Processes.Found(all, 0);
  }

  @Override
  protected void fails() {
    proc =
        () -> {
          throw new IOException("cannot list /proc");
        };
  }
}
