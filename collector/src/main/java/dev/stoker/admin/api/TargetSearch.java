package dev.stoker.admin.api;

import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Params;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.scrape.loop.TargetStatus;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.loop.TargetView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * <code>GET /api/v1/targets/search</code>: one page of the targets, so that a browser never holds
 * all of them. Parameters: <code>state</code> (up, down, refused, busy, unknown, active, dropped),
 * <code>
 * component</code>, <code>q</code> (a {@link Search} in URL, labels and errors), <code>sort</code>,
 * <code>order
 * </code>, <code>offset</code>, <code>limit</code>. Answers <code>
 * {"counts":{},"components":{},"matched":n,"items":[…]}</code>; an item is one of <code>
 * /api/v1/targets</code> with its <code>state</code>.
 */
final class TargetSearch {
  private static final int MAX_LIMIT = 1_000;
  private static final List<String> STATES =
      List.of("up", "down", "refused", "busy", "unknown", "active", "dropped");

  private static final Map<String, Comparator<Row>> ORDERS =
      new TreeMap<>(
          Map.of(
              "url", Comparator.comparing(Row::url),
              "state", Comparator.comparing(Row::rank),
              "component", Comparator.comparing(Row::component),
              "type", Comparator.comparing(Row::type),
              "size", Comparator.comparingLong(row -> row.status().lastBytes()),
              "duration", Comparator.comparingLong(row -> row.status().lastDurationMillis()),
              "failures", Comparator.comparingLong(row -> row.status().counts().failures()),
              "next_scrape", Comparator.comparing(row -> row.at(row.next())),
              "last_scrape", Comparator.comparing(row -> row.at(row.status().lastScrape()))));

  /** A target, of either kind. */
  private record Row(@Nullable TargetView view, @Nullable DroppedTarget dropped) {
    TargetStatus status() {
      return view == null ? TargetStatus.UNKNOWN : view.status();
    }

    String state() {
      return view == null ? "dropped" : view.status().health().label();
    }

    /** Targets that need a look come first. */
    int rank() {
      return view == null ? 5 : rank(view.status().health());
    }

    private static int rank(Health health) {
      return switch (health) {
        case DOWN -> 0;
        case REFUSED -> 1;
        case BUSY -> 2;
        case UNKNOWN -> 3;
        case UP -> 4;
      };
    }

    String url() {
      return view == null ? "" : view.target().url().toString();
    }

    String type() {
      return view == null ? "" : view.target().type().key();
    }

    String component() {
      if (view != null) {
        return view.component();
      }
      return dropped == null ? "" : dropped.component();
    }

    @Nullable Instant next() {
      return view == null ? null : view.nextScrape();
    }

    Instant at(@Nullable Instant instant) {
      return instant == null ? Instant.MAX : instant;
    }

    boolean has(Search search) {
      if (view != null) {
        return search.isIn(
            List.of(view.target().labels(), view.target().discoveredLabels()),
            Arrays.asList(url(), type(), component(), view.status().lastError()));
      }
      return dropped != null
          && search.isIn(
              List.of(dropped.discoveredLabels()), Arrays.asList(component(), dropped.detail()));
    }

    JsonObject json() {
      JsonObject json = new JsonObject();
      if (view != null) {
        json = TargetsApi.active(view);
      } else if (dropped != null) {
        json = TargetsApi.dropped(dropped);
      }
      return json.put("state", state());
    }
  }

  static JsonObject answer(List<TargetView> active, List<DroppedTarget> dropped, Params params)
      throws BadRequest {
    String state = params.choice("state", STATES, "");
    String component = params.text("component");
    Search search = Search.of(params.text("q"));
    Comparator<Row> order =
        ORDERS.getOrDefault(
            params.choice("sort", List.copyOf(ORDERS.keySet()), "state"),
            Comparator.comparing(Row::rank));
    if (params.choice("order", List.of("asc", "desc"), "asc").equals("desc")) {
      order = order.reversed();
    }
    int offset = params.number("offset", 0, Integer.MAX_VALUE - 1);
    int limit = params.number("limit", 100, MAX_LIMIT);

    List<Row> rows = new ArrayList<>(active.size() + dropped.size());
    active.forEach(view -> rows.add(new Row(view, null)));
    dropped.forEach(target -> rows.add(new Row(null, target)));
    Predicate<Row> here = row -> component.isEmpty() || row.component().equals(component);
    Predicate<Row> wanted = here.and(row -> isIn(row, state)).and(row -> row.has(search));
    List<Row> matched =
        rows.stream()
            .filter(wanted)
            .sorted(order.thenComparing(Row::url).thenComparing(Row::type))
            .toList();
    JsonArray items = new JsonArray();
    matched.stream().skip(offset).limit(limit).forEach(row -> items.add(row.json()));
    return new JsonObject()
        .put("counts", count(rows.stream().filter(here).map(Row::state)))
        .put("components", count(rows.stream().map(Row::component)))
        .put("matched", matched.size())
        .put("items", items);
  }

  private static boolean isIn(Row row, String state) {
    return switch (state) {
      case "" -> true;
      case "active" -> row.view() != null;
      default -> row.state().equals(state);
    };
  }

  private static JsonObject count(Stream<String> names) {
    Map<String, Integer> counts = new TreeMap<>();
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
    JsonObject json = new JsonObject();
    counts.forEach(json::put);
    return json;
  }

  private TargetSearch() {}
}
