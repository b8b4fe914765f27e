package dev.stoker.scrape.source;

import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.HttpScraper;
import dev.stoker.scrape.fetch.ScrapeClient;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A source's scraper on a real Vert.x; each call runs on the control context. */
public final class SourceHarness implements AutoCloseable {
  public static final String INSTANCE = "0123456789ab";

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BodyBudget budget;
  private final Scraper scraper;

  /** What a scraper is made of. */
  public record Parts(
      Timers timers, BodyBudget budget, TargetCalls calls, Scraper http, OwnNames names) {}

  public SourceHarness(String life, Function<Parts, Scraper> scraper) {
    this(INSTANCE, life, scraper);
  }

  public SourceHarness(String instance, String life, Function<Parts, Scraper> scraper) {
    Timers timers = new VertxTimers(vertx, context);
    this.budget = on(() -> new BodyBudget(64L << 20, timers));
    this.scraper =
        on(
            () -> {
              ClientAccess settings = ClientAccess.plain(vertx, timers);
              WatchedClient client = ScrapeClient.create(vertx, timers);
              return scraper.apply(
                  new Parts(
                      timers,
                      budget,
                      new TargetCalls(client, "Stoker/test", () -> settings),
                      new HttpScraper(
                          new HttpScraper.Tools(client, timers, budget, "Stoker/test"), settings),
                      new OwnNames(instance, life)));
            });
  }

  /**
   * @param seconds of a timed profile
   */
  public static Target target(Source source, String address, Duration timeout, int seconds) {
    ScrapeConfig config =
        new ScrapeConfig(
            "pyroscope.scrape.test",
            List.of(),
            List.of(),
            "",
            "http",
            Map.of(),
            new ScrapeConfig.Timing(Duration.ofSeconds(15), timeout, null),
            List.of(Objects.requireNonNull(source.type())),
            "",
            ScrapeLimits.DEFAULT,
            HttpClientConfig.DEFAULT,
            source,
            ScrapeConfig.Selection.DEFAULT);
    return new TargetFactory(config)
        .create(List.of(Labels.of("__address__", address, "__param_seconds", "" + seconds)))
        .active()
        .get(0);
  }

  public Scraper.InFlight start(Target target) {
    return on(() -> scraper.scrape(target));
  }

  public ScrapeResult scrape(Target target) {
    return await(start(target).result());
  }

  public ScrapeResult scrapeOnce(Target target) {
    return await(on(() -> scraper.scrapeOnce(target)).result());
  }

  public byte[] body(Target target) {
    Scraper.InFlight started = start(target);
    ScrapeResult result = await(started.result());
    on(
        () -> {
          started.release();
          return true;
        });
    if (result instanceof ScrapeResult.Fetched fetched) {
      return fetched.body();
    }
    throw new AssertionError("not fetched: " + result);
  }

  public ScrapeResult.Failed failure(Target target) {
    if (scrape(target) instanceof ScrapeResult.Failed failed) {
      return failed;
    }
    throw new AssertionError("fetched");
  }

  public ScrapeResult cancel(Scraper.InFlight started) {
    on(
        () -> {
          started.cancel();
          return true;
        });
    return await(started.result());
  }

  public void leave(Target target) {
    await(on(() -> scraper.leave(target)));
  }

  public String detail(Target target) {
    return on(() -> scraper.detail(target));
  }

  public long used() {
    return on(budget::used);
  }

  private <T> T on(Callable<T> call) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        ignored -> {
          try {
            promise.complete(call.call());
          } catch (Exception e) {
            promise.fail(e);
          }
        });
    return await(promise.future());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
