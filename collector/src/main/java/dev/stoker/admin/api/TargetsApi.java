package dev.stoker.admin.api;

import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Params;
import dev.stoker.admin.route.Pieces;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.labels.LabelNames;
import dev.stoker.scrape.loop.TargetStatus;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.loop.TargetView;
import dev.stoker.scrape.transform.TargetDetail;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * <code>GET /api/v1/targets</code>: every discovered target is in <code>active</code> or, with its
 * reason, in <code>dropped</code>. Parameters: {@link TargetQuery}.
 */
public final class TargetsApi {
  private final Supplier<List<TargetView>> active;
  private final Supplier<List<DroppedTarget>> dropped;

  public TargetsApi(Supplier<List<TargetView>> active, Supplier<List<DroppedTarget>> dropped) {
    this.active = active;
    this.dropped = dropped;
  }

  /** Writes the targets that the parameters ask for. */
  public void list(Params params, RoutingContext context) throws BadRequest {
    TargetQuery query = TargetQuery.of(params);
    new TargetsAnswer(query, active.get(), dropped.get())
        .write(context.response(), next -> Pieces.next(context, next));
  }

  /** One page of the targets. */
  public JsonObject search(Params params) throws BadRequest {
    return TargetSearch.answer(active.get(), dropped.get(), params);
  }

  /**
   * The targets that are worth sending to somebody who helps, first those that are not up.
   *
   * @param most of each part
   */
  public JsonObject worst(int most) {
    List<TargetView> first =
        active.get().stream()
            .sorted(Comparator.comparing(view -> view.status().health() == Health.UP))
            .limit(most)
            .toList();
    return targets(first, dropped.get().stream().limit(most).toList());
  }

  /** All targets in one piece, as <code>stoker targets --json</code> prints them. */
  public static JsonObject targets(List<TargetView> active, List<DroppedTarget> dropped) {
    JsonArray activeItems = new JsonArray();
    active.forEach(view -> activeItems.add(active(view)));
    JsonArray droppedItems = new JsonArray();
    dropped.forEach(target -> droppedItems.add(dropped(target)));
    return new JsonObject()
        .put("active", activeItems)
        .put("dropped", droppedItems)
        .put("total", total(active.size(), dropped.size()));
  }

  static JsonObject total(int active, int dropped) {
    return new JsonObject().put("active", active).put("dropped", dropped);
  }

  static JsonObject active(TargetView view) {
    TargetStatus status = view.status();
    return new JsonObject()
        .put("component", view.component())
        .put("health", status.health().label())
        .put("url", view.target().url().toString())
        .put("socket", view.target().socket().isEmpty() ? null : view.target().socket())
        .put("profile_type", view.target().type().key())
        .put("labels", Json.labels(view.target().labels().filter(TargetsApi::shown)))
        .put("discovered_labels", Json.labels(view.target().discoveredLabels()))
        .put("interval_ms", view.target().plan().intervalMillis())
        .put("last_scrape", time(status.lastScrape()))
        .put("last_duration_ms", status.lastDurationMillis())
        .put("last_bytes", status.lastBytes())
        .put("last_error", status.lastError())
        .put("next_scrape", time(view.nextScrape()))
        .put("scrapes", status.counts().scrapes())
        .put("failures", status.counts().failures())
        .put("skipped", status.counts().skipped())
        .put("source", view.source().isEmpty() ? null : view.source())
        .put("also_pushed", view.alsoPushed())
        .put("detail", detail(view.detail()));
  }

  /** Only the keys that apply. */
  private static JsonObject detail(TargetDetail detail) {
    JsonObject json = new JsonObject();
    if (!detail.refusedBy().isEmpty()) {
      json.put("refused_by", new JsonArray(detail.refusedBy()));
    }
    put(json, "period", detail.period());
    put(json, "paused", detail.paused());
    put(json, "mended", detail.mended());
    return json;
  }

  private static void put(JsonObject json, String key, String text) {
    if (!text.isEmpty()) {
      json.put(key, text);
    }
  }

  static JsonObject dropped(DroppedTarget target) {
    return new JsonObject()
        .put("component", target.component())
        .put("discovered_labels", Json.labels(target.discoveredLabels()))
        .put("reason", target.reason().name().toLowerCase(Locale.ROOT))
        .put("detail", target.detail());
  }

  /** The labels that are sent, and the name. */
  private static boolean shown(String name) {
    return !LabelNames.isPrivate(name) || name.equals(LabelNames.NAME);
  }

  /** RFC 3339 UTC with milliseconds, or null. */
  static @Nullable String time(@Nullable Instant instant) {
    return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
