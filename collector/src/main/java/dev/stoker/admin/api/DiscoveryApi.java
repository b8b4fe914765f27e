package dev.stoker.admin.api;

import dev.stoker.admin.api.DiscoveryTrace.Traced;
import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Params;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * <code>GET /api/v1/discovery</code>: what became of every discovered target, component by
 * component. Parameters: <code>state</code> (scraped, dropped, unused), <code>source</code>, <code>
 * q</code>, <code>offset</code>, <code>limit</code>.
 */
public final class DiscoveryApi {
  private static final int MAX_LIMIT = 500;
  private static final List<String> STATES = List.of("scraped", "dropped", "unused");

  private final Supplier<DiscoveryTrace> traces;

  public DiscoveryApi(Supplier<DiscoveryTrace> traces) {
    this.traces = traces;
  }

  public JsonObject search(Params params) throws BadRequest {
    String state = params.choice("state", STATES, "");
    String source = params.text("source");
    Search search = Search.of(params.text("q"));
    int offset = params.number("offset", 0, Integer.MAX_VALUE - 1);
    int limit = params.number("limit", 50, MAX_LIMIT);
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Integer> sources = new TreeMap<>();
    JsonArray items = new JsonArray();
    int matched = 0;
    for (Traced traced : traces.get().all()) {
      sources.merge(traced.source(), 1, Integer::sum);
      if (!source.isEmpty() && !traced.source().equals(source)) {
        continue;
      }
      counts.merge(traced.state(), 1, Integer::sum);
      if ((state.isEmpty() || traced.state().equals(state)) && has(traced, search)) {
        if (matched >= offset && items.size() < limit) {
          items.add(json(traced));
        }
        matched++;
      }
    }
    return new JsonObject()
        .put("counts", object(counts))
        .put("sources", object(sources))
        .put("matched", matched)
        .put("items", items);
  }

  private static boolean has(Traced traced, Search search) {
    if (search.terms().isEmpty()) {
      return true;
    }
    List<Labels> labels = new ArrayList<>(List.of(traced.labels()));
    List<@Nullable String> texts = new ArrayList<>();
    texts.add(traced.source());
    for (DiscoveryTrace.Step step : traced.steps()) {
      labels.addAll(step.after());
      texts.add(step.component());
      texts.add(step.detail());
    }
    return search.isIn(labels, texts);
  }

  private static JsonObject json(Traced traced) {
    JsonArray steps = new JsonArray();
    for (DiscoveryTrace.Step step : traced.steps()) {
      JsonArray loops = new JsonArray();
      step.loops()
          .forEach(
              loop ->
                  loops.add(
                      new JsonObject()
                          .put("profile_type", loop.target().type().key())
                          .put("url", loop.target().url().toString())
                          .put("health", loop.status().health().label())));
      JsonObject json =
          new JsonObject()
              .put("component", step.component())
              .put("before", Json.labels(step.before()))
              .put(
                  "after",
                  step.loops().isEmpty()
                      ? Json.labels(step.after())
                      : Json.labels(
                          step.after().stream()
                              .map(after -> after.filter(n -> !LabelNames.isPrivate(n)))
                              .toList()))
              .put("loops", loops);
      if (!step.reason().isEmpty()) {
        json.put(
            "dropped", new JsonObject().put("reason", step.reason()).put("detail", step.detail()));
      }
      steps.add(json);
    }
    return new JsonObject()
        .put("source", traced.source())
        .put("state", traced.state())
        .put("discovered_labels", Json.labels(traced.labels()))
        .put("steps", steps);
  }

  private static JsonObject object(Map<String, Integer> counts) {
    JsonObject json = new JsonObject();
    counts.forEach(json::put);
    return json;
  }
}
