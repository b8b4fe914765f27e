package dev.stoker.admin.api;

import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Busy;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.flame.FlameTree;
import dev.stoker.pprof.flame.ProfileStacks;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.loop.ManualScrape;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.transform.NamedBody;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * <code>POST /api/v1/targets/scrape {"component","url","profile_type"}</code>, and <code>"socket"
 * </code> of a target that has one: fetches a target once as its loop does and answers with what
 * came: outcome, size, and a flame graph per sample type (with the name of the profile where a body
 * holds several). One at a time per target and a few in all; ends when the client goes away.
 */
public final class ScrapeNowApi {
  private static final int MAX_RUNNING = 4;
  private static final int MAX_TYPES = 12;
  private static final int MAX_NODES = 2_000;
  private static final int MAX_TREE = 100_000;
  private static final int TOP = 100;
  private static final long MAX_INFLATED = 64L << 20;

  private final Supplier<List<ScrapeComponent>> scrapes;
  private final CpuPool cpu;
  private final Timers timers;
  private final Set<String> running = new HashSet<>();

  public ScrapeNowApi(Supplier<List<ScrapeComponent>> scrapes, CpuPool cpu, Timers timers) {
    this.scrapes = scrapes;
    this.cpu = cpu;
    this.timers = timers;
  }

  public Future<JsonObject> scrape(JsonObject body, RoutingContext context) throws BadRequest {
    String component = text(body, "component");
    String url = text(body, "url");
    String type = text(body, "profile_type");
    String socket = body.getValue("socket") instanceof String path ? path : "";
    String key = component + ' ' + type + ' ' + url + ' ' + socket;
    if (running.contains(key) || running.size() >= MAX_RUNNING) {
      return Future.failedFuture(
          new Busy(
              running.contains(key)
                  ? "this target is being scraped by hand already"
                  : "too many scrapes by hand at once; try again in a moment"));
    }
    ManualScrape scrape =
        scrapes.get().stream()
            .filter(known -> known.component().equals(component))
            .findFirst()
            .flatMap(known -> known.scrapeNow(url, socket, type))
            .orElse(null);
    if (scrape == null) {
      throw new BadRequest(
          "no such target; take component, url, profile_type and, if it has one, socket from a"
              + " target");
    }
    running.add(key);
    context.response().closeHandler(gone -> scrape.cancel());
    long started = timers.nanoTime();
    return scrape
        .result()
        .compose(
            result -> {
              long millis = (timers.nanoTime() - started) / 1_000_000;
              return cpu.submit(() -> json(scrape, result, millis));
            })
        .onComplete(
            ignored -> {
              scrape.release();
              running.remove(key);
            });
  }

  private static String text(JsonObject body, String name) throws BadRequest {
    if (body.getValue(name) instanceof String value && !value.isEmpty()) {
      return value;
    }
    throw new BadRequest(name + " is missing; take component, url and profile_type from a target");
  }

  private static JsonObject json(ManualScrape scrape, ScrapeResult result, long millis) {
    JsonObject json =
        new JsonObject().put("url", scrape.target().url().toString()).put("duration_ms", millis);
    if (result instanceof ScrapeResult.Failed failed) {
      return json.put("outcome", failed.outcome().label()).put("message", failed.message());
    }
    byte[] body = ((ScrapeResult.Fetched) result).body();
    json.put("bytes", body.length);
    try {
      long limit = scrape.target().plan().maxInflatedSize();
      long maxInflated = limit == 0 ? MAX_INFLATED : limit;
      return profiles(json, scrape.profiles(body, maxInflated), maxInflated);
    } catch (MalformedProfileException malformed) {
      return json.put("outcome", "malformed").put("message", malformed.getMessage());
    }
  }

  private static JsonObject profiles(JsonObject json, List<NamedBody> bodies, long maxInflated)
      throws MalformedProfileException {
    JsonArray profiles = new JsonArray();
    long samples = 0;
    int shown = 0;
    for (NamedBody body : bodies) {
      ProfileStacks profile = ProfileStacks.read(body.body(), maxInflated);
      shown = profiles.isEmpty() ? profile.defaultSampleType() : shown;
      samples += profile.samples();
      add(profile, body.name(), profiles);
    }
    return json.put("outcome", "ok")
        .put("samples", samples)
        .put("shown", Math.min(shown, MAX_TYPES - 1))
        .put("profiles", profiles);
  }

  /**
   * @param name null = the body was one profile
   */
  private static void add(ProfileStacks profile, @Nullable String name, JsonArray profiles)
      throws MalformedProfileException {
    int types = Math.min(MAX_TYPES - profiles.size(), profile.sampleTypes().size());
    for (int type = 0; type < types; type++) {
      FlameTree tree = new FlameTree(MAX_TREE);
      tree.add(profile, type);
      profiles.add(
          new JsonObject()
              .put("name", name)
              .put("sample_type", profile.sampleTypes().get(type).type())
              .put("unit", profile.sampleTypes().get(type).unit())
              .put("flamegraph", FlameJson.tree(tree.tree(MAX_NODES), 1))
              .put("top", FlameJson.top(tree.top(TOP), 1)));
    }
  }
}
