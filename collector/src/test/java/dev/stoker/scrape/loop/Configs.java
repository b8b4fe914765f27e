package dev.stoker.scrape.loop;

import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.scrape.target.Budget;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeConfig.Selection;
import dev.stoker.scrape.target.ScrapeConfig.Timing;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.UnixSockets;
import dev.stoker.scrape.target.WhenPushed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Scrape configs for tests: the defaults, with what a test changes. */
public final class Configs {
  public static final ProfileType CPU = type("process_cpu");
  public static final ProfileType MEMORY = type("memory");
  static final ProfileType MUTEX = type("mutex");
  public static final ProfileType GOROUTINE = type("goroutine");

  public static ScrapeConfig of(ProfileType... types) {
    return with(Map.of(), ScrapeLimits.DEFAULT, types);
  }

  public static ScrapeConfig with(
      Map<String, List<String>> params, ScrapeLimits limits, ProfileType... types) {
    return new ScrapeConfig(
        "pyroscope.scrape.test",
        List.of(),
        List.of(),
        "",
        "http",
        params,
        Timing.DEFAULT,
        List.of(types),
        "",
        limits,
        HttpClientConfig.DEFAULT,
        Source.PPROF,
        Selection.DEFAULT);
  }

  /** Targets may use unix sockets. */
  public static ScrapeConfig over(UnixSockets sockets, ProfileType... types) {
    return selecting(new Selection(WhenPushed.WARN, sockets, Budget.NONE), types);
  }

  public static ScrapeConfig budgeted(Budget budget, ProfileType... types) {
    return selecting(new Selection(WhenPushed.WARN, UnixSockets.NONE, budget), types);
  }

  private static ScrapeConfig selecting(Selection selection, ProfileType... types) {
    ScrapeConfig base = of(types);
    return new ScrapeConfig(
        base.component(),
        base.targets(),
        base.forwardTo(),
        base.jobName(),
        base.scheme(),
        base.params(),
        base.timing(),
        base.profileTypes(),
        base.pathPrefix(),
        base.limits(),
        base.http(),
        base.source(),
        selection);
  }

  static ScrapeConfig timed(Duration interval, Duration timeout, ProfileType... types) {
    return limited(interval, timeout, ScrapeLimits.DEFAULT, types);
  }

  static ScrapeConfig limited(
      Duration interval, Duration timeout, ScrapeLimits limits, ProfileType... types) {
    ScrapeConfig base = of(types);
    return new ScrapeConfig(
        base.component(),
        base.targets(),
        base.forwardTo(),
        base.jobName(),
        base.scheme(),
        base.params(),
        new Timing(interval, timeout, null),
        base.profileTypes(),
        base.pathPrefix(),
        limits,
        base.http(),
        Source.PPROF,
        Selection.DEFAULT);
  }

  public static ScrapeConfig named(
      String jobName, String scheme, String prefix, ProfileType... types) {
    ScrapeConfig base = of(types);
    return new ScrapeConfig(
        base.component(),
        base.targets(),
        base.forwardTo(),
        jobName,
        scheme,
        base.params(),
        base.timing(),
        base.profileTypes(),
        prefix,
        base.limits(),
        base.http(),
        Source.PPROF,
        Selection.DEFAULT);
  }

  static ScrapeConfig source(Source source, Duration interval) {
    ScrapeConfig base = of(Objects.requireNonNull(source.type()));
    return new ScrapeConfig(
        base.component(),
        base.targets(),
        base.forwardTo(),
        base.jobName(),
        base.scheme(),
        base.params(),
        new Timing(interval, Duration.ofSeconds(10), null),
        base.profileTypes(),
        base.pathPrefix(),
        base.limits(),
        base.http(),
        source,
        Selection.DEFAULT);
  }

  public static ProfileType type(String key) {
    return ProfileType.BUILT_IN.stream()
        .filter(type -> type.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private Configs() {}
}
