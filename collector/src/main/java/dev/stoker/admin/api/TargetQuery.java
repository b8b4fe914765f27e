package dev.stoker.admin.api;

import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Params;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.loop.TargetView;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which targets <code>/api/v1/targets</code> is asked for. The order of all is stable, so that
 * pages fit together: active ones by component, URL and type, then dropped ones.
 *
 * @param component "" = all
 * @param health "" = any; a dropped target has none
 * @param search in URL, labels and errors
 * @param part <code>active</code>, <code>dropped</code> or "" = both
 * @param offset how many are left out at the beginning
 * @param limit how many there may be
 */
record TargetQuery(
    String component, String health, Search search, String part, int offset, int limit) {
  private static final List<String> KNOWN =
      List.of("component", "health", "q", "part", "offset", "limit");
  private static final int MOST = 999_999_999;

  private static final Comparator<TargetView> STABLE =
      Comparator.comparing(TargetView::component)
          .thenComparing(view -> view.target().url().toString())
          .thenComparing(view -> view.target().type().key());

  private static final Comparator<DroppedTarget> STABLE_DROPPED =
      Comparator.comparing(DroppedTarget::component)
          .thenComparing(DroppedTarget::discoveredLabels)
          .thenComparing(DroppedTarget::detail);

  static TargetQuery of(Params params) throws BadRequest {
    params.only(KNOWN);
    return new TargetQuery(
        params.text("component"),
        params.choice("health", Arrays.stream(Health.values()).map(Health::label).toList(), ""),
        Search.of(params.text("q")),
        params.choice("part", List.of("active", "dropped"), ""),
        params.number("offset", 0, MOST),
        params.number("limit", MOST, MOST));
  }

  List<TargetView> active(List<TargetView> all) {
    return all.stream()
        .filter(view -> !part.equals("dropped"))
        .filter(view -> isOf(view.component()))
        .filter(view -> health.isEmpty() || view.status().health().label().equals(health))
        .filter(
            view ->
                search.isIn(
                    List.of(view.target().labels(), view.target().discoveredLabels()),
                    Arrays.asList(
                        view.component(),
                        view.target().url().toString(),
                        view.target().type().key(),
                        view.status().lastError())))
        .sorted(STABLE)
        .toList();
  }

  List<DroppedTarget> dropped(List<DroppedTarget> all) {
    return all.stream()
        .filter(target -> !part.equals("active") && health.isEmpty())
        .filter(target -> isOf(target.component()))
        .filter(
            target ->
                search.isIn(
                    List.of(target.discoveredLabels()),
                    Arrays.asList(target.component(), target.detail())))
        .sorted(STABLE_DROPPED)
        .toList();
  }

  private boolean isOf(String id) {
    return component.isEmpty() || component.equals(id);
  }

  /** The page's part of a list that has so many others before it. */
  <T> List<T> page(List<T> list, int before) {
    long from = Math.min(Math.max(0, (long) offset - before), list.size());
    long to = Math.min(Math.max(0, (long) offset + limit - before), list.size());
    return list.subList((int) from, (int) Math.max(from, to));
  }
}
