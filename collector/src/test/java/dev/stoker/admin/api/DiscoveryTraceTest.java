package dev.stoker.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.TargetSource;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.discovery.annotations.AnnotationsConfig;
import dev.stoker.discovery.annotations.AnnotationsTransform;
import dev.stoker.discovery.annotations.Family;
import dev.stoker.discovery.annotations.Naming;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DiscoveryTraceTest {
  /**
   * A pod is worked on as a whole, but each of its targets tells its own: what is dropped does not
   * become what another one became, and what is used may tell what else was asked for in vain.
   */
  @Test
  void targetsOfAGroup_tellTheirOwn() {
    Labels app = port("app", "6060");
    Labels proxy = port("proxy", "15000");
    List<TargetSource> pods =
        Stream.of(app, proxy).<TargetSource>map(TargetSource.Literal::new).toList();
    TargetGraph graph = new TargetGraph(new ManualTimers(0));
    graph.transform(
        "discovery.annotations.a",
        pods,
        new AnnotationsTransform(
            new AnnotationsConfig(
                "discovery.annotations.a",
                pods,
                List.of(Family.GRAFANA),
                Naming.CONTAINER,
                List.of())));
    graph.start();

    List<DiscoveryTrace.Traced> traced = new DiscoveryTrace(graph, List.of()).all();

    assertThat(traced)
        .extracting(
            target -> target.labels().get("__meta_kubernetes_pod_container_name"),
            target -> target.steps().get(0).after().size(),
            target -> target.steps().get(0).reason(),
            target -> target.steps().get(0).detail().replaceAll(",.*", ""))
        .containsExactly(
            tuple(
                "app",
                1,
                "relabel",
                "profiles.grafana.com/heap.scrape asks for the profile type \"heap\""),
            tuple("proxy", 0, "relabel", "container proxy"));
  }

  @Test
  void whatItsSourceMakesNoTargetOf_isDropped_withTheReason() {
    Labels pod = Labels.of("__meta_kubernetes_pod_name", "cart-1");
    TargetTransform.Drop drop =
        new TargetTransform.Drop(pod, DroppedTarget.Reason.RELABEL, "the pod has no node");
    TargetGraph graph = new TargetGraph(new ManualTimers(0));
    graph.discover(
        "discovery.kubernetes.pods",
        new Discoverer() {
          @Override
          public void start(Listener to) {
            to.update(List.of(new TargetGroup("cart-1", List.of(), List.of(drop))));
          }

          @Override
          public Future<Void> stop() {
            return Future.succeededFuture();
          }
        });
    graph.start();

    assertThat(new DiscoveryTrace(graph, List.of()).all())
        .singleElement()
        .satisfies(
            traced -> {
              assertThat(traced.state()).isEqualTo("dropped");
              assertThat(traced.labels()).isEqualTo(pod);
              assertThat(traced.steps().get(0).component()).isEqualTo("discovery.kubernetes.pods");
              assertThat(traced.steps().get(0).detail()).isEqualTo("the pod has no node");
            });
  }

  private static Labels port(String container, String number) {
    String pod = "__meta_kubernetes_pod_";
    return Labels.of(
        "__address__",
        "10.0.0.7:" + number,
        pod + "name",
        "cart-1",
        pod + "ip",
        "10.0.0.7",
        pod + "phase",
        "Running",
        pod + "container_name",
        container,
        pod + "container_port_number",
        number,
        pod + "container_port_protocol",
        "TCP",
        pod + "annotation_profiles_grafana_com_memory_scrape",
        "true",
        pod + "annotation_profiles_grafana_com_memory_port",
        "6060",
        pod + "annotation_profiles_grafana_com_heap_scrape",
        "true");
  }
}
