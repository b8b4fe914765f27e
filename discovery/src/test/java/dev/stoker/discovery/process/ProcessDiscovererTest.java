package dev.stoker.discovery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetNode;
import dev.stoker.discovery.TargetSource;
import dev.stoker.discovery.process.ProcessConfig.Wanted;
import dev.stoker.labels.Labels;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes joined with other targets, in a graph. */
class ProcessDiscovererTest {
  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final Labels IN_ONE = Labels.of("__process_pid__", "1", "__container_id__", ONE);
  private static final Labels IN_NONE = Labels.of("__process_pid__", "2");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  /** As Alloy's reference shows it. */
  @Test
  void processesGetTheLabelsOfTheirContainer_andTargetsToJoinAreExportedToo() {
    Labels pod1 = Labels.of("pod", "pod-1", "__container_id__", ONE);
    Labels pod2 =
        Labels.of("pod", "pod-2", "__meta_kubernetes_pod_container_id", "containerd://" + TWO);

    TargetNode node = run(() -> new Processes.Found(List.of(IN_ONE, IN_NONE), 0), pod1, pod2);

    await()
        .untilAsserted(
            () ->
                assertThat(node.targets())
                    .containsExactly(
                        Labels.of("__process_pid__", "1", "__container_id__", ONE, "pod", "pod-1"),
                        IN_NONE,
                        pod1,
                        pod2));
    assertThat(node.health().state()).isEqualTo(ComponentHealth.State.HEALTHY);
  }

  @Test
  void processesThatMayNotBeSeen_areCounted_andTheOthersAreUsed() {
    TargetNode node = run(() -> new Processes.Found(List.of(IN_ONE), 3));

    await().untilAsserted(() -> assertThat(node.targets()).containsExactly(IN_ONE));
    assertThat(node.health().state()).isEqualTo(ComponentHealth.State.UNHEALTHY);
    assertThat(node.health().message()).contains("3 processes of other users", "as root");
  }

  private TargetNode run(Callable<Processes.Found> proc, Labels... join) {
    VertxTimers timers = new VertxTimers(vertx, context);
    ProcessConfig config =
        new ProcessConfig(
            "discovery.process.p",
            Stream.of(join).<TargetSource>map(TargetSource.Literal::new).toList(),
            Duration.ofSeconds(60),
            Wanted.DEFAULT);
    ProcessDiscoverer discoverer = new ProcessDiscoverer(config, proc, vertx, timers);
    TargetGraph graph = new TargetGraph(timers);
    graph.discover("discovery.process.p", discoverer);
    graph.consume(
        "discovery.process.p", config.join(), list -> discoverer.join(list.inStableOrder()));
    context.runOnContext(ignored -> graph.start());
    return graph.nodes().get(0);
  }
}
