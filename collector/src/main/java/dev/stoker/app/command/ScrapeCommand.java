package dev.stoker.app.command;

import dev.stoker.app.log.Logs;
import dev.stoker.app.run.Version;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.scrape.component.InstanceId;
import dev.stoker.scrape.component.Scrapers;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.HttpScraper;
import dev.stoker.scrape.fetch.ScrapeClient;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.ManualScrape;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.source.OwnNames;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.Targets;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "scrape",
    description = "Fetches a profile once, as the scraper does, and says what came or why not.")
public final class ScrapeCommand implements Callable<Integer> {
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final long MAX_BODIES = 128L << 20;

  /** Beyond the deadline of the scrape. */
  private static final long PATIENCE_MILLIS = 120_000;

  @Parameters(paramLabel = "URL", description = "Such as http://localhost:6060/debug/pprof/allocs")
  private String url = "";

  @Option(names = "--type", paramLabel = "T", description = "Profile type, such as process_cpu.")
  private String type = "";

  @Option(
      names = "--config",
      paramLabel = "CONFIG",
      description = "Asks as a component of this config does; needs --component.")
  private @Nullable Path config;

  @Option(
      names = "--component",
      paramLabel = "ID",
      description = "Such as pyroscope.scrape.default: its login, TLS, proxy, limits and source.")
  private @Nullable String component;

  @Option(names = "--out", paramLabel = "FILE", description = "Keeps the body as it came.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logs.quiet();
    URI target = uri();
    if (target == null) {
      System.err.println("\"" + url + "\" is no http or https URL");
      return 2;
    }
    if ((config == null) != (component == null)) {
      System.err.println("--config and --component belong together; write both");
      return 2;
    }
    Asked asked = config == null ? new Asked(null, target(target)) : asked(config, target);
    return asked == null ? 1 : ask(asked);
  }

  /**
   * The target that is asked, and the component that says how.
   *
   * @param component null = without a config: no login, usual limits
   */
  private record Asked(@Nullable ScrapeConfig component, Target target) {}

  /** Null after a problem, which has been told. */
  private @Nullable Asked asked(Path file, URI uri) {
    LoadResult result = ConfigLoader.load(file);
    if (result instanceof LoadResult.Failed failed) {
      failed.problems().forEach(System.err::println);
      return null;
    }
    List<ScrapeConfig> scrapes = ((LoadResult.Loaded) result).config().all(ScrapeConfig.class);
    for (ScrapeConfig scrape : scrapes) {
      if (scrape.component().equals(component)) {
        return asked(scrape, uri);
      }
    }
    System.err.println(
        "the config has no "
            + component
            + "; it has "
            + scrapes.stream().map(ScrapeConfig::component).collect(Collectors.joining(", ")));
    return null;
  }

  /** Makes a target as the component makes one of what it discovers. */
  private @Nullable Asked asked(ScrapeConfig scrape, URI uri) {
    Labels.Builder labels = Labels.empty().toBuilder();
    labels.set("__address__", uri.getRawAuthority());
    labels.set("__scheme__", uri.getScheme());
    String path = String.valueOf(uri.getRawPath());
    boolean named = path.length() > 1;
    Targets made = new TargetFactory(scrape).create(List.of(labels.build()));
    Target sameType = null;
    for (Target target : made.active()) {
      boolean right =
          type.isEmpty()
              ? !named || target.url().getPath().equals(uri.getPath())
              : target.type().key().equals(type);
      sameType = sameType == null && right ? target : sameType;
    }
    if (sameType == null) {
      made.dropped().forEach(dropped -> System.err.println(dropped.detail()));
      System.err.println(
          "the component has no such profile type; write --type with one of "
              + made.active().stream()
                  .map(target -> target.type().key())
                  .collect(Collectors.joining(", ")));
      return null;
    }
    if (named) {
      labels.set(
          "__profile_path__", path + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
      labels.set("__profile_path_prefix__", "/");
    }
    String key = sameType.type().key();
    return new TargetFactory(scrape)
        .create(List.of(labels.build())).active().stream()
            .filter(target -> target.type().key().equals(key))
            .findFirst()
            .map(target -> new Asked(scrape, target))
            .orElse(null);
  }

  /** A scrape that has ended. */
  private record Scraped(ManualScrape scrape, ScrapeResult result) {}

  private Integer ask(Asked asked) throws IOException, InterruptedException {
    Vertx vertx = Vertx.vertx();
    CpuPool cpu = new CpuPool(1);
    try {
      // A scrape ends by itself, at its deadline or when it has waited too long for another one.
      long patience = 2 * asked.target().plan().deadlineMillis() + PATIENCE_MILLIS;
      Scraped scraped =
          ContextTask.run(
              vertx,
              patience,
              timers -> {
                ManualScrape scrape = start(asked, vertx, cpu, timers);
                return scrape.result().map(result -> new Scraped(scrape, result));
              });
      if (scraped.result() instanceof ScrapeResult.Failed failed) {
        System.err.println(failed.outcome().label() + ": " + failed.message());
        return 1;
      }
      byte[] body = ((ScrapeResult.Fetched) scraped.result()).body();
      if (out != null) {
        Files.write(out, body);
      }
      return asked.component() == null
          ? BodyReport.of(body)
          : BodyReport.of(scraped.scrape(), body);
    } finally {
      cpu.close();
      vertx.close();
    }
  }

  private static ManualScrape start(Asked asked, Vertx vertx, CpuPool cpu, Timers timers) {
    ScrapeConfig scrape = asked.component();
    ClientAccess settings =
        scrape == null
            ? ClientAccess.plain(vertx, timers)
            : new ClientAccess(scrape.http(), vertx, timers).of(scrape.component());
    settings.open();
    OwnNames names = new OwnNames(InstanceId.random(), InstanceId.random());
    BodyBudget budget = new BodyBudget(MAX_BODIES, timers);
    HttpScraper.Tools tools =
        new HttpScraper.Tools(
            ScrapeClient.create(vertx, timers), timers, budget, Version.userAgent());
    Scrapers scrapers = new Scrapers(tools, cpu, new BaselineBudget(MAX_BODIES), names);
    Scraper scraper = scrapers.of(scrape == null ? Source.PPROF : scrape.source(), () -> settings);
    return new ManualScrape(asked.target(), scraper, new ProcessGates(timers), timers);
  }

  private @Nullable URI uri() {
    try {
      URI parsed = URI.create(url);
      boolean http = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
      return http && parsed.getHost() != null ? parsed : null;
    } catch (IllegalArgumentException bad) {
      return null;
    }
  }

  private Target target(URI uri) {
    String query = uri.getQuery() == null ? "" : "&" + uri.getQuery();
    int at = query.indexOf("&seconds=");
    String digits = at < 0 ? "" : query.substring(at + 9).replaceAll("\\D.*", "");
    long seconds = digits.isEmpty() || digits.length() > 6 ? 0 : Long.parseLong(digits);
    // Go's CPU profile runs for 30 s when nobody says otherwise.
    long wait = seconds > 0 ? seconds : uri.getPath().endsWith("/profile") ? 30 : 0;
    return new Target(
        url,
        uri,
        new ProfileType(type.isEmpty() ? "custom" : type, true, uri.getPath(), seconds > 0),
        Labels.empty(),
        Labels.empty(),
        uri.getAuthority(),
        new Target.Plan(
            TIMEOUT_MILLIS,
            seconds,
            TIMEOUT_MILLIS + wait * 1_000,
            ScrapeLimits.DEFAULT.maxBodySize(),
            ScrapeLimits.DEFAULT.maxInflatedSize()),
        Target.DeltaMode.NONE);
  }
}
