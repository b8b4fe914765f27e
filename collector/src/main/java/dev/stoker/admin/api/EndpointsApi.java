package dev.stoker.admin.api;

import dev.stoker.write.endpoint.EndpointStatus;
import dev.stoker.write.endpoint.SetAside;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * <code>GET /api/v1/endpoints</code>: what each endpoint took, what waits, what was dropped and
 * why.
 */
public final class EndpointsApi {
  private final Supplier<List<EndpointStatus>> endpoints;

  public EndpointsApi(Supplier<List<EndpointStatus>> endpoints) {
    this.endpoints = endpoints;
  }

  public JsonArray list() {
    JsonArray items = new JsonArray();
    endpoints.get().forEach(status -> items.add(item(status)));
    return items;
  }

  private static JsonObject item(EndpointStatus status) {
    JsonObject dropped = new JsonObject();
    new TreeMap<>(status.dropped()).forEach((reason, count) -> dropped.put(reason.label(), count));
    JsonArray setAside = new JsonArray();
    status.setAside().forEach(profile -> setAside.add(item(profile)));
    return new JsonObject()
        .put("component", status.component())
        .put("endpoint", status.endpoint())
        .put("kind", status.kind())
        .put("state", status.state().label())
        .put("offered", status.counts().offered())
        .put("recovered", status.counts().recovered())
        .put("sent", status.counts().sent())
        .put("dropped", dropped)
        .put("queued", status.load().queued())
        .put("queued_bytes", status.load().queuedBytes())
        .put("in_flight", status.load().inFlight())
        .put("oldest_queued", TargetsApi.time(status.load().oldestQueued()))
        .put("last_error", status.lastError())
        .put("set_aside", setAside);
  }

  private static JsonObject item(SetAside profile) {
    return new JsonObject()
        .put("labels", Json.labels(profile.labels()))
        .put("bytes", profile.bytes())
        .put("tries", profile.tries())
        .put("answer", profile.answer())
        .put("at", TargetsApi.time(profile.at()));
  }
}
