package dev.stoker.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A change at a source, through relabelling, to a consumer; by manual time. */
class TargetGraphTest {
  private final ManualTimers time = new ManualTimers(0);
  private final TargetGraph graph = new TargetGraph(time);
  private final Source source = new Source();
  private final List<List<String>> seen = new ArrayList<>();

  private void build() {
    List<TargetSource> discovered =
        List.of(
            new TargetSource.Literal(Labels.of("__address__", "z:1")),
            new TargetSource.Export("discovery.test.a", "targets"));
    graph.discover("discovery.test.a", source);
    graph.transform("discovery.relabel.r", discovered, TargetGraphTest::withoutDrops);
    graph.consume(
        "pyroscope.scrape.s",
        List.of(new TargetSource.Export("discovery.relabel.r", "output")),
        list -> seen.add(list.inStableOrder().stream().map(l -> l.get("__address__")).toList()));
    graph.start();
  }

  /** A transform that takes out targets whose address says so. */
  private static TargetTransform.Result withoutDrops(List<Labels> group) {
    List<Labels> kept = new ArrayList<>();
    List<TargetTransform.Drop> dropped = new ArrayList<>();
    for (Labels target : group) {
      if (target.get("__address__").startsWith("drop")) {
        dropped.add(
            new TargetTransform.Drop(target, DroppedTarget.Reason.RELABEL, "the address says so"));
      } else {
        kept.add(target);
      }
    }
    return new TargetTransform.Result(kept, dropped);
  }

  @Test
  void firstResult_isThereAtOnce_laterOnesSoon_stormsAreCoalesced() {
    build();
    assertThat(graph.ready()).isFalse();
    source.say("one", "b:1", "drop:1");
    assertThat(graph.ready()).isTrue();
    assertThat(last()).containsExactly("b:1", "z:1");

    source.say("two", "a:1");
    assertThat(last()).containsExactly("b:1", "z:1");
    time.advance(100);
    assertThat(last()).containsExactly("a:1", "b:1", "z:1");

    int before = seen.size();
    for (int i = 0; i < 600; i++) {
      source.say("storm", "s" + i + ":1");
      time.advance(50);
    }
    time.advance(5_000);
    assertThat(last()).containsExactly("a:1", "b:1", "s599:1", "z:1");
    // 30 s of changes, at most one export in each 0.4 s of them.
    assertThat(seen.size() - before).isBetween(60, 80);
  }

  @Test
  void anErrorWithOneTarget_dropsThatOne_andTheOthersGoOn() {
    graph.discover("discovery.test.a", source);
    List<TargetSource> discovered = List.of(new TargetSource.Export("discovery.test.a", "targets"));
    graph.transform(
        "discovery.relabel.r",
        discovered,
        group -> {
          if (group.get(0).get("__address__").equals("bad:1")) {
            throw new StackOverflowError();
          }
          return new TargetTransform.Result(group, List.of());
        });
    List<TargetSource> relabelled =
        List.of(new TargetSource.Export("discovery.relabel.r", "output"));
    graph.consume(
        "pyroscope.scrape.broken",
        relabelled,
        list -> {
          throw new StackOverflowError();
        });
    graph.consume(
        "pyroscope.scrape.s",
        relabelled,
        list -> seen.add(list.inStableOrder().stream().map(l -> l.get("__address__")).toList()));
    graph.start();
    source.say("one", "a:1", "bad:1");

    assertThat(last()).containsExactly("a:1");
    TargetNode node = graph.nodes().get(1);
    assertThat(node.health().state()).isEqualTo(ComponentHealth.State.UNHEALTHY);
    assertThat(node.health().message()).contains("StackOverflowError");
    assertThat(node.dropped()).hasSize(1);
    assertThat(node.dropped().get(0).reason()).isEqualTo(DroppedTarget.Reason.INVALID);
    assertThat(graph.ready()).isTrue();
  }

  @Test
  void anErrorWhilePolling_isAFailure_andItIsPolledAgain() {
    int[] polls = {0};
    Polling polling =
        new Polling(
            time,
            java.time.Duration.ofSeconds(1),
            () -> {
              if (++polls[0] == 1) {
                throw new StackOverflowError();
              }
              return Future.succeededFuture(new Polling.Polled(List.of(group("one", "a:1")), ""));
            },
            () -> {});
    graph.discover("discovery.test.p", polling);
    graph.start();
    assertThat(graph.nodes().get(0).health().state()).isEqualTo(ComponentHealth.State.UNHEALTHY);
    time.advance(1_200);
    assertThat(graph.nodes().get(0).health().state()).isEqualTo(ComponentHealth.State.HEALTHY);
    assertThat(graph.nodes().get(0).targets()).hasSize(1);
  }

  /** It costs nobody a new look at the targets, and goes when its object goes. */
  @Test
  void whatGivesNoTarget_isDroppedByItsSource() {
    build();
    source.say("one", "a:1");
    int before = seen.size();
    Labels pod = Labels.of("__meta_kubernetes_pod_name", "p");
    for (String why : List.of("no node", "no address")) {
      source.listener.update(
          List.of(
              new TargetGroup(
                  "p",
                  List.of(),
                  List.of(new TargetTransform.Drop(pod, DroppedTarget.Reason.INVALID, why)))));
      assertThat(graph.leftOut())
          .containsExactly(
              new DroppedTarget(
                  graph.nodes().get(0).component(), pod, DroppedTarget.Reason.INVALID, why));
    }
    assertThat(graph.nodes().get(0).dropped()).isEqualTo(graph.leftOut());
    time.advance(5_000);
    assertThat(seen).hasSize(before);

    source.listener.update(List.of(group("p", "p:1")));
    time.advance(5_000);
    assertThat(graph.leftOut()).isEmpty();
    assertThat(last()).containsExactly("a:1", "p:1", "z:1");

    source.listener.update(List.of(new TargetGroup("p", List.of())));
    time.advance(5_000);
    assertThat(last()).containsExactly("a:1", "z:1");
  }

  @Test
  void droppedTargets_nameTheComponentAndTheReason() {
    build();
    source.say("one", "drop:1");

    assertThat(graph.nodes().get(1).dropped())
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.component()).isEqualTo("discovery.relabel.r");
              assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.RELABEL);
              assertThat(drop.detail()).isEqualTo("the address says so");
            });
  }

  @Test
  void aFailure_keepsTheTargets_andMakesReady() {
    build();
    source.listener.failed("unreachable");
    assertThat(graph.ready()).isTrue();
    assertThat(graph.nodes().get(0).health().message()).isEqualTo("unreachable");
    source.say("one", "a:1");
    time.advance(5_000);
    source.listener.failed("unreachable again");
    time.advance(60_000);
    assertThat(last()).containsExactly("a:1", "z:1");
  }

  @Test
  void aSuccessorThatWorksInPart_keepsWhatItsPredecessorHadOfTheOtherPart() {
    Source next = new Source();
    TargetGraph after = successor(next);

    next.listener.replaceInPart(List.of(group("two", "b:2")), "one cannot be read");
    assertThat(addresses(after)).containsExactly("a:1", "c:1", "b:2");
    next.listener.replaceInPart(List.of(), "one and two cannot be read");
    time.advance(10_000);
    assertThat(addresses(after)).containsExactly("a:1", "c:1");
    next.listener.replace(List.of(group("one", "a:1")));
    time.advance(10_000);
    assertThat(addresses(after)).containsExactly("a:1");
  }

  @Test
  void aSuccessorThatWorks_hasNothingThatItsSourceHasNotTold() {
    Source next = new Source();
    TargetGraph after = successor(next);

    next.listener.begin(List.of(group("two", "b:2")));
    next.listener.update(List.of(group("four", "d:1")));
    assertThat(addresses(after)).containsExactly("d:1", "b:2");
  }

  /** It has the targets a:1, b:1 and c:1 of its predecessor. */
  private TargetGraph successor(Source next) {
    graph.discover("discovery.test.a", source);
    graph.start();
    source.listener.replace(
        List.of(group("one", "a:1"), group("two", "b:1"), group("three", "c:1")));
    TargetGraph after = new TargetGraph(time);
    after.discover("discovery.test.a", next);
    assertThat(after.startAfter(graph).succeeded()).isTrue();
    assertThat(addresses(after)).containsExactly("a:1", "c:1", "b:1");
    return after;
  }

  private static List<String> addresses(TargetGraph graph) {
    return graph.nodes().get(0).targets().stream().map(t -> t.get("__address__")).toList();
  }

  @Test
  void whatIsEqual_isNoChange() {
    build();
    source.say("one", "a:1");
    int before = seen.size();
    source.say("one", "a:1");
    source.listener.replace(List.of(group("one", "a:1")));
    time.advance(10_000);
    assertThat(seen).hasSize(before);
    source.listener.replace(List.of());
    time.advance(10_000);
    assertThat(last()).containsExactly("z:1");
  }

  @Test
  void stopped_nothingIsSaidAnyMore() {
    build();
    source.say("one", "a:1");
    int before = seen.size();
    graph.stop();
    source.say("one", "b:1");
    source.listener.failed("late");
    time.advance(10_000);
    assertThat(seen).hasSize(before);
  }

  private List<String> last() {
    return seen.get(seen.size() - 1);
  }

  private static TargetGroup group(String name, String... addresses) {
    List<Labels> targets = new ArrayList<>();
    for (String address : addresses) {
      targets.add(Labels.of("__address__", address));
    }
    return new TargetGroup(name, targets);
  }

  /** Says what the test says. */
  @SuppressWarnings("NullAway.Init") // set by start
  private static final class Source implements Discoverer {
    Listener listener;

    void say(String group, String... addresses) {
      listener.update(List.of(group(group, addresses)));
    }

    @Override
    public void start(Listener to) {
      listener = to;
    }

    @Override
    public Future<Void> stop() {
      return Future.succeededFuture();
    }
  }
}
