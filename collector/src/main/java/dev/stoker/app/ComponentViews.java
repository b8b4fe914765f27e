package dev.stoker.app;

import dev.stoker.admin.api.ComponentView;
import dev.stoker.config.Component;
import dev.stoker.config.Export;
import dev.stoker.config.LeftOutBlock;
import dev.stoker.discovery.NodeHealth;
import dev.stoker.discovery.TargetNode;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.relabel.ProfileRelabel;
import dev.stoker.scrape.ScrapeComponent;
import dev.stoker.scrape.TargetStatus;
import dev.stoker.write.endpoint.EndpointStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the components of a running graph are, each in its own words. */
final class ComponentViews {
  private static final String HEALTHY = "healthy";
  private static final String UNHEALTHY = "unhealthy";

  /** How long a component shows as unhealthy after an internal error. */
  private static final long BUG_SHOWN_NANOS = 300_000_000_000L;

  private final Map<String, TargetNode> nodes;
  private final Map<String, ScrapeComponent> scrapes;
  private final Map<String, ProfileRelabel> relabels;
  private final List<EndpointStatus> endpoints;

  ComponentViews(
      List<TargetNode> nodes,
      List<ScrapeComponent> scrapes,
      List<ProfileRelabel> relabels,
      List<EndpointStatus> endpoints) {
    this.nodes =
        nodes.stream().collect(Collectors.toMap(TargetNode::component, Function.identity()));
    this.scrapes =
        scrapes.stream().collect(Collectors.toMap(ScrapeComponent::component, Function.identity()));
    this.relabels =
        relabels.stream().collect(Collectors.toMap(ProfileRelabel::component, Function.identity()));
    this.endpoints = endpoints;
  }

  ComponentView of(Component component) {
    Map<String, Long> books = new LinkedHashMap<>();
    Health health = health(component.id());
    ComponentBooks kept = books(component.id());
    if (kept != null) {
      ComponentBooks.Snapshot now = kept.snapshot();
      books.put(now.entry().label(), now.came());
      for (ComponentBooks.Outcome outcome : ComponentBooks.Outcome.values()) {
        books.put(outcome.label(), now.left().getOrDefault(outcome, 0L));
      }
      String bug = kept.recentBug(System.nanoTime(), BUG_SHOWN_NANOS);
      health = bug.isEmpty() ? health : new Health(UNHEALTHY, bug);
    }
    return new ComponentView(
        component.id(),
        component.kind(),
        health.state(),
        health.message(),
        component.exports().stream().map(Export::name).toList(),
        component.references().stream()
            .map(reference -> reference.component() + "." + reference.export())
            .toList(),
        books);
  }

  /** Blocks that an Alloy config has and Stoker does not run, each id once. */
  static Stream<ComponentView> leftOut(List<LeftOutBlock> blocks) {
    Map<String, LeftOutBlock> byId = new LinkedHashMap<>();
    blocks.forEach(block -> byId.putIfAbsent(block.id(), block));
    return byId.values().stream()
        .map(
            block ->
                new ComponentView(
                    block.id(),
                    block.kind(),
                    "left_out",
                    block.place() + ": " + block.why(),
                    List.of(),
                    List.of(),
                    Map.of()));
  }

  private @Nullable ComponentBooks books(String id) {
    ScrapeComponent scrape = scrapes.get(id);
    ProfileRelabel relabel = relabels.get(id);
    return scrape != null ? scrape.books() : relabel != null ? relabel.books() : null;
  }

  private record Health(String state, String message) {}

  private Health health(String id) {
    TargetNode node = nodes.get(id);
    if (node != null) {
      NodeHealth health = node.health();
      return new Health(health.state().name().toLowerCase(Locale.ROOT), health.message());
    }
    ScrapeComponent scrape = scrapes.get(id);
    if (scrape != null) {
      long down =
          scrape.active().stream()
              .filter(view -> view.status().health() == TargetStatus.Health.DOWN)
              .count();
      int dropped = scrape.dropped().size();
      return new Health(
          HEALTHY,
          scrape.active().size() + " loops, " + down + " down; " + dropped + " targets dropped");
    }
    ProfileRelabel relabel = relabels.get(id);
    if (relabel != null) {
      return new Health(HEALTHY, relabel.summary());
    }
    String failing =
        endpoints.stream()
            .filter(end -> end.component().equals(id))
            .filter(end -> end.state() != EndpointStatus.State.HEALTHY)
            .map(end -> end.endpoint() + " is " + end.state().label())
            .collect(Collectors.joining("; "));
    return failing.isEmpty() ? new Health(HEALTHY, "") : new Health(UNHEALTHY, failing);
  }
}
