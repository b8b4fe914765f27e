package dev.stoker.store;

import dev.stoker.concurrent.Timers;
import dev.stoker.store.StoreQueries.Query;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * <code>/api/v1/profiles/*</code> over the stores. Bad input is answered 400 with <code>
 * {"error": …}</code>; at most eight queries run at once, more are answered 503.
 */
public final class StoreRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(StoreRoutes.class);
  private static final int MAX_RUNNING = 8;
  private static final int DEFAULT_NODES = 4_096;
  private static final int MAX_NODES = 32_768;
  private static final int TOP = 200;
  private static final Pattern RELATIVE = Pattern.compile("now(?:-(\\d{1,9})([smhd]))?");
  private static final Pattern MILLIS = Pattern.compile("\\d{1,15}");

  private final StoreQueries queries;
  private final Timers timers;
  private int running;

  /** A bad parameter: the message is for the caller. */
  private static final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    final String problem;

    BadRequest(String message) {
      super(message, null, false, false);
      this.problem = message;
    }
  }

  @FunctionalInterface
  private interface Answer {
    Future<JsonObject> to(RoutingContext request) throws BadRequest;
  }

  public StoreRoutes(StoreQueries queries, Timers timers) {
    this.queries = queries;
    this.timers = timers;
  }

  /** Adds the routes; they run on the control context. */
  public void mount(Router router) {
    router.get("/api/v1/profiles/services").handler(request -> answer(request, this::services));
    router.get("/api/v1/profiles/types").handler(request -> answer(request, this::types));
    router.get("/api/v1/profiles/flamegraph").handler(request -> answer(request, this::flame));
    router.get("/api/v1/profiles/diff").handler(request -> answer(request, this::diff));
  }

  private void answer(RoutingContext request, Answer answer) {
    if (running >= MAX_RUNNING) {
      send(request, 503, error("too many queries at once; try again in a moment"));
      return;
    }
    Future<JsonObject> result;
    try {
      result = answer.to(request);
    } catch (BadRequest bad) {
      send(request, 400, error(bad.problem));
      return;
    }
    running++;
    result.onComplete(
        done -> {
          running--;
          if (done.succeeded()) {
            send(request, 200, done.result());
          } else {
            LOG.error("profile query failed path={}", request.request().path(), done.cause());
            send(request, 500, error("the query failed; see the log of stoker"));
          }
        });
  }

  private Future<JsonObject> services(RoutingContext request) {
    return queries
        .services()
        .map(
            names ->
                new JsonObject()
                    .put("lasting", queries.lasting())
                    .put("services", new JsonArray(names.stream().toList())));
  }

  private Future<JsonObject> types(RoutingContext request) throws BadRequest {
    return queries
        .types(required(request, "service"))
        .map(
            ids -> {
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
            });
  }

  private Future<JsonObject> flame(RoutingContext request) throws BadRequest {
    Query query = query(request);
    return queries.flameGraph(query).map(graph -> json(query, graph));
  }

  private Future<JsonObject> diff(RoutingContext request) throws BadRequest {
    Query query = query(request);
    long now = timers.wallMillis();
    long from = time(request, "base_from", "now-30m", now);
    long until = time(request, "base_until", "now-15m", now);
    if (from >= until) {
      throw new BadRequest("base_from must be before base_until");
    }
    return queries
        .compare(query, from, until)
        .map(
            compared ->
                new JsonObject()
                    .put("service", query.service())
                    .put("type", query.type().toString())
                    .put("unit", query.type().sample().unit())
                    .put("base", range(from, until, compared.before()))
                    .put("comparison", range(query.from(), query.until(), compared.after()))
                    .put("flamegraph", FlameJson.diff(compared.diff().tree(query.maxNodes())))
                    .put("top", FlameJson.changes(compared.diff().top(TOP))));
  }

  private static JsonObject range(long from, long until, int profiles) {
    return new JsonObject().put("from", from).put("until", until).put("profiles", profiles);
  }

  private Query query(RoutingContext request) throws BadRequest {
    String service = required(request, "service");
    String type = required(request, "type");
    ProfileTypeId id = ProfileTypeId.parse(type).orElse(null);
    if (id == null) {
      throw new BadRequest(
          "type must be name:sampleType:unit:periodType:periodUnit, such as"
              + " process_cpu:cpu:nanoseconds:cpu:nanoseconds; see /api/v1/profiles/types");
    }
    long now = timers.wallMillis();
    long from = time(request, "from", "now-15m", now);
    long until = time(request, "until", "now", now);
    if (from >= until) {
      throw new BadRequest("from must be before until");
    }
    return new Query(service, id, from, until, nodes(request));
  }

  private static int nodes(RoutingContext request) throws BadRequest {
    String text = request.queryParams().get("max_nodes");
    if (text == null) {
      return DEFAULT_NODES;
    }
    int nodes = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    if (nodes < 1 || nodes > MAX_NODES) {
      throw new BadRequest("max_nodes must be a number from 1 to " + MAX_NODES);
    }
    return nodes;
  }

  private static String required(RoutingContext request, String name) throws BadRequest {
    String value = request.queryParams().get(name);
    if (value == null || value.isEmpty()) {
      throw new BadRequest("parameter " + name + " is missing");
    }
    return value;
  }

  private static long time(RoutingContext request, String name, String unset, long now)
      throws BadRequest {
    String value = request.queryParams().get(name);
    OptionalLong millis = time(value == null ? unset : value, now);
    if (millis.isEmpty()) {
      throw new BadRequest(name + " must be Unix milliseconds, now, or now-15m (units s, m, h, d)");
    }
    return millis.getAsLong();
  }

  private static OptionalLong time(String text, long now) {
    if (MILLIS.matcher(text).matches()) {
      return OptionalLong.of(Long.parseLong(text));
    }
    Matcher relative = RELATIVE.matcher(text);
    if (!relative.matches()) {
      return OptionalLong.empty();
    }
    if (relative.group(1) == null) {
      return OptionalLong.of(now + 1);
    }
    long unit =
        switch (relative.group(2)) {
          case "s" -> 1_000L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          default -> 86_400_000L;
        };
    return OptionalLong.of(now - Long.parseLong(relative.group(1)) * unit);
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

  private static JsonObject error(String message) {
    return new JsonObject().put("error", message);
  }

  private static void send(RoutingContext request, int status, JsonObject body) {
    if (request.response().ended() || request.response().closed()) {
      return;
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json; charset=utf-8")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(DeepJson.encode(body));
  }
}
