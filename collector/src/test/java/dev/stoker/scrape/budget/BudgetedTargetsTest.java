package dev.stoker.scrape.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.Configs;
import dev.stoker.scrape.target.Budget;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BudgetedTargetsTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final Budget FIVE =
      new Budget(5, 0, List.of("service_name"), Duration.ofMinutes(5), "profiled_share");

  private final List<Labels> shop = pods("shop", 100);

  @Test
  void eachGroup_hasItsOwnBudget_andWhoIsLeftOutIsToldWithTheNumbers() {
    List<Labels> all = new ArrayList<>(shop);
    all.addAll(pods("cart", 3));
    BudgetedTargets turns = new BudgetedTargets(config(FIVE));
    List<Labels> kept = turns.admit(TargetList.of(all), NOW).inStableOrder();
    assertThat(kept).filteredOn(one -> one.get("service_name").equals("shop")).hasSize(5);
    assertThat(kept).filteredOn(one -> one.get("service_name").equals("cart")).hasSize(3);
    assertThat(turns.chosenCount()).isEqualTo(8);
    assertThat(turns.leftOutCount()).isEqualTo(95);
    assertThat(turns.leftOut())
        .hasSize(95)
        .allSatisfy(
            drop -> {
              assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.BUDGET);
              assertThat(drop.detail())
                  .isEqualTo(
                      "5 of 100 targets with service_name=\"shop\" are scraped at a time"
                          + " (max_targets = 5); turns change every 300s");
            });
    assertThat(turns.nextTurn(NOW)).isBetween(NOW + 1, NOW + 300_000 / Turns.LANES);
  }

  @Test
  void groupsAreMadeOfInferredLabels_orOfNone() {
    List<Labels> inferred = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      inferred.add(
          Labels.of(
              "__address__",
              "10.0.0." + i + ":6060",
              "__meta_kubernetes_namespace",
              "prod",
              "__meta_kubernetes_pod_container_name",
              i < 5 ? "a" : "b"));
    }
    Budget one = new Budget(1, 0, List.of("service_name"), Duration.ZERO, "");
    BudgetedTargets by = new BudgetedTargets(config(one));
    assertThat(by.admit(TargetList.of(inferred), NOW).unordered()).hasSize(2);
    assertThat(by.leftOut().get(0).detail()).contains("prod/").contains("no turn");
    assertThat(by.nextTurn(NOW)).isEqualTo(Long.MAX_VALUE);
    Budget all = new Budget(1, 0, List.of(), Duration.ZERO, "");
    BudgetedTargets together = new BudgetedTargets(config(all));
    assertThat(together.admit(TargetList.of(inferred), NOW).unordered()).hasSize(1);
    assertThat(together.leftOut().get(0).detail()).startsWith("1 of 10 targets of the component");
  }

  @Test
  void targetsOfOneProcess_areChosenTogether_andInvalidOnesDoNotCount() {
    List<Labels> all = new ArrayList<>();
    for (Labels pod : pods("shop", 20)) {
      all.add(pod.toBuilder().set("__profile_types__", "memory").build());
      all.add(pod.toBuilder().set("__profile_types__", "process_cpu").build());
    }
    Labels bad = Labels.of("__address__", "no port:", "service_name", "shop");
    all.add(bad);
    BudgetedTargets turns = new BudgetedTargets(config(FIVE));
    List<Labels> kept = turns.admit(TargetList.of(all), NOW).inStableOrder();
    assertThat(kept).hasSize(11).contains(bad);
    assertThat(kept.stream().map(one -> one.get("__address__")).distinct()).hasSize(6);
    assertThat(turns.chosenCount()).isEqualTo(5);
    assertThat(turns.leftOutCount()).isEqualTo(15);
  }

  @Test
  void percent_isRoundedUp() {
    Budget some = new Budget(0, 7, List.of("service_name"), Duration.ZERO, "");
    BudgetedTargets turns = new BudgetedTargets(config(some));
    turns.admit(TargetList.of(pods("shop", 15)), NOW);
    assertThat(turns.chosenCount()).isEqualTo(2);
    turns.admit(TargetList.of(pods("shop", 1)), NOW);
    assertThat(turns.chosenCount()).isEqualTo(1);
    turns.admit(TargetList.of(List.of()), NOW);
    assertThat(turns.chosenCount()).isZero();
    assertThat(turns.leftOut()).isEmpty();
  }

  @Test
  void anyHistory_endsWhereAFreshStartWouldBegin() {
    Random random = new Random(7);
    BudgetedTargets turns = new BudgetedTargets(config(FIVE));
    List<Labels> now = new ArrayList<>();
    List<Labels> pool = new ArrayList<>(shop);
    pool.addAll(pods("cart", 30));
    for (int round = 0; round < 200; round++) {
      Collections.shuffle(pool, random);
      now = new ArrayList<>(pool.subList(0, random.nextInt(pool.size())));
      long time = NOW + round * 7_000L;
      List<Labels> kept = turns.admit(TargetList.of(now), time).unordered();
      BudgetedTargets fresh = new BudgetedTargets(config(FIVE));
      assertThat(kept).isEqualTo(fresh.admit(TargetList.of(now), time).unordered());
      assertThat(turns.leftOut()).hasSize(now.size() - kept.size());
      assertThat(turns.leftOutCount()).isEqualTo(fresh.leftOutCount());
    }
  }

  @Test
  void label_saysTheShare_andDiscoveredLabelsStayAsTheyAre() {
    BudgetedTargets turns = new BudgetedTargets(config(FIVE));
    turns.admit(TargetList.of(shop), NOW);
    Target target = target(turns.admit(TargetList.of(shop), NOW).unordered().get(0));
    assertThat(turns.labelled(target).labels().get("profiled_share")).isEqualTo("5");
    assertThat(turns.labelled(target).key()).isEqualTo(target.key());
    assertThat(turns.labelled(target).discoveredLabels()).isSameAs(target.discoveredLabels());
    turns.admit(TargetList.of(shop.subList(0, 4)), NOW);
    assertThat(turns.labelled(target(shop.get(0))).labels().get("profiled_share")).isEqualTo("100");
  }

  @Test
  void whoWaits_isOutOfTurn_andWhoIsGoneIsNot() {
    BudgetedTargets turns = new BudgetedTargets(config(FIVE));
    List<Labels> kept = turns.admit(TargetList.of(shop), NOW).unordered();
    List<Labels> waiting =
        shop.stream().filter(one -> !kept.contains(one)).collect(Collectors.toList());
    assertThat(turns.isOutOfTurn(target(kept.get(0)))).isFalse();
    assertThat(turns.isOutOfTurn(target(waiting.get(0)))).isTrue();
    turns.admit(TargetList.of(kept), NOW);
    assertThat(turns.isOutOfTurn(target(waiting.get(0)))).isFalse();
  }

  @Test
  void withoutABudget_theListGoesOnAsItIs() {
    BudgetedTargets turns = new BudgetedTargets(config(Budget.NONE));
    TargetList list = TargetList.of(shop);
    assertThat(turns.admit(list, NOW)).isSameAs(list);
    assertThat(turns.leftOut()).isEmpty();
    assertThat(turns.nextTurn(NOW)).isEqualTo(Long.MAX_VALUE);
  }

  private static ScrapeConfig config(Budget budget) {
    return Configs.budgeted(budget, Configs.MEMORY, Configs.CPU);
  }

  private static Target target(Labels labels) {
    return new TargetFactory(config(FIVE)).expandOne(labels).targets().get(0);
  }

  private static List<Labels> pods(String service, int count) {
    List<Labels> pods = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pods.add(Labels.of("__address__", service + i + ":6060", "service_name", service));
    }
    return pods;
  }
}
