package dev.stoker.admin.api;

import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Busy;
import dev.stoker.admin.route.Params;
import dev.stoker.concurrent.Timers;
import dev.stoker.store.FlameGraph;
import dev.stoker.store.ProfileTypeId;
import dev.stoker.store.StoreQueries;
import dev.stoker.store.StoreQueries.Query;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * <code>/api/v1/profiles/*</code>: the profiles that this machine keeps, in a store or the last
 * ones in memory. At most eight queries run at once, more are answered 503.
 */
public final class ProfilesApi {
  private static final int MAX_RUNNING = 8;
  private static final int DEFAULT_NODES = 4_096;
  private static final int MAX_NODES = 32_768;
  private static final int TOP = 200;

  private final StoreQueries queries;
  private final Timers timers;
  private int running;

  public ProfilesApi(StoreQueries queries, Timers timers) {
    this.queries = queries;
    this.timers = timers;
  }

  /** A query that reads profiles, when there are not too many already. */
  private Future<JsonObject> run(Supplier<Future<JsonObject>> query) {
    if (running >= MAX_RUNNING) {
      return Future.failedFuture(new Busy("too many queries at once; try again in a moment"));
    }
    running++;
    return query.get().onComplete(ignored -> running--);
  }

  public Future<JsonObject> services(Params params) {
    return run(
        () ->
            queries
                .services()
                .map(
                    names ->
                        new JsonObject()
                            .put("lasting", queries.lasting())
                            .put("services", new JsonArray(names.stream().toList()))));
  }

  public Future<JsonObject> types(Params params) throws BadRequest {
    String service = params.required("service");
    return run(() -> queries.types(service).map(ProfilesApi::json));
  }

  public Future<JsonObject> flamegraph(Params params) throws BadRequest {
    Query query = query(params);
    return run(() -> queries.flameGraph(query).map(graph -> json(query, graph)));
  }

  public Future<JsonObject> diff(Params params) throws BadRequest {
    Query query = query(params);
    long now = timers.wallMillis();
    long from = params.time("base_from", "now-30m", now);
    long until = params.time("base_until", "now-15m", now);
    if (from >= until) {
      throw new BadRequest("base_from must be before base_until");
    }
    return run(
        () ->
            queries
                .compare(query, from, until)
                .map(
                    compared ->
                        new JsonObject()
                            .put("service", query.service())
                            .put("type", query.type().toString())
                            .put("unit", query.type().sample().unit())
                            .put("base", range(from, until, compared.before()))
                            .put("comparison", range(query.from(), query.until(), compared.after()))
                            .put(
                                "flamegraph",
                                FlameJson.diff(compared.diff().tree(query.maxNodes())))
                            .put("top", FlameJson.changes(compared.diff().top(TOP)))));
  }

  private static JsonObject range(long from, long until, int profiles) {
    return new JsonObject().put("from", from).put("until", until).put("profiles", profiles);
  }

  private Query query(Params params) throws BadRequest {
    String service = params.required("service");
    ProfileTypeId type = ProfileTypeId.parse(params.required("type")).orElse(null);
    if (type == null) {
      throw new BadRequest(
          "type must be name:sampleType:unit:periodType:periodUnit, such as"
              + " process_cpu:cpu:nanoseconds:cpu:nanoseconds; see /api/v1/profiles/types");
    }
    long now = timers.wallMillis();
    long from = params.time("from", "now-15m", now);
    long until = params.time("until", "now", now);
    if (from >= until) {
      throw new BadRequest("from must be before until");
    }
    int nodes = params.number("max_nodes", DEFAULT_NODES, 1, MAX_NODES);
    return new Query(service, type, from, until, nodes);
  }

  private static JsonObject json(List<ProfileTypeId> ids) {
    JsonArray types = new JsonArray();
    for (ProfileTypeId id : ids) {
      types.add(
          new JsonObject()
              .put("id", id.toString())
              .put("name", id.name())
              .put("sample_type", id.sample().type())
              .put("sample_unit", id.sample().unit()));
    }
    return new JsonObject().put("types", types);
  }

  private static JsonObject json(Query query, FlameGraph graph) {
    JsonArray totals = new JsonArray();
    Arrays.stream(graph.totals()).forEach(totals::add);
    return new JsonObject()
        .put("service", query.service())
        .put("type", query.type().toString())
        .put("unit", query.type().sample().unit())
        .put("aggregation", query.type().isLevel() ? "mean" : "sum")
        .put("from", query.from())
        .put("until", query.until())
        .put("profiles", graph.source().profiles())
        .put("skipped", graph.source().skipped())
        .put("truncated", graph.source().truncated())
        .put("totals", totals)
        .put("flamegraph", FlameJson.tree(graph.root(), graph.divisor()))
        .put("top", FlameJson.top(graph.top(), graph.divisor()));
  }
}
