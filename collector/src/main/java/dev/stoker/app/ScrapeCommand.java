package dev.stoker.app;

import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.HttpSettings;
import dev.stoker.jvm.CollapsedBody;
import dev.stoker.jvm.ConvertedProfile;
import dev.stoker.jvm.RecordingBody;
import dev.stoker.jvm.RecordingOptions;
import dev.stoker.jvm.ThreadDumps;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.BodyCheck;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.PprofReader;
import dev.stoker.scrape.BodyBudget;
import dev.stoker.scrape.HttpScraper;
import dev.stoker.scrape.ProfileType;
import dev.stoker.scrape.ScrapeClient;
import dev.stoker.scrape.ScrapeLimits;
import dev.stoker.scrape.ScrapeResult;
import dev.stoker.scrape.Target;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "scrape",
    description = "Fetches a profile once, as the scraper does, and says what came or why not.")
final class ScrapeCommand implements Callable<Integer> {
  private static final long TIMEOUT_MILLIS = 10_000;

  @Parameters(paramLabel = "URL", description = "Such as http://localhost:6060/debug/pprof/allocs")
  private String url = "";

  @Option(names = "--type", paramLabel = "T", description = "Profile type, such as process_cpu.")
  private String type = "custom";

  @Option(names = "--out", paramLabel = "FILE", description = "Keeps the body as it came.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    Logs.quiet();
    URI target = uri();
    if (target == null) {
      System.err.println("\"" + url + "\" is no http or https URL");
      return 2;
    }
    ScrapeResult result = fetch(target);
    if (result instanceof ScrapeResult.Failed failed) {
      System.err.println(failed.outcome().label() + ": " + failed.message());
      return 1;
    }
    byte[] body = ((ScrapeResult.Fetched) result).body();
    if (out != null) {
      Files.write(out, body);
    }
    return report(body);
  }

  private static Integer report(byte[] body) {
    try {
      long limit = ScrapeLimits.DEFAULT.maxInflatedSize();
      if (RecordingBody.isRecording(body)) {
        recording(body, limit);
        return 0;
      }
      ConvertedProfile sampled = sampled(body, limit);
      if (sampled != null) {
        System.out.println(sampled.name());
        System.out.println(SummaryText.of(PprofReader.summary(sampled.body(), limit)));
        return 0;
      }
      BodyCheck.quick(body, limit);
      PprofReader.Summary summary = PprofReader.summary(body, limit);
      System.out.println(
          (Gzip.isGzip(body) ? "gzipped pprof, " : "pprof, ") + body.length + " bytes");
      System.out.println(SummaryText.of(summary));
      return 0;
    } catch (MalformedProfileException malformed) {
      System.err.println("malformed: " + malformed.getMessage());
      return 1;
    }
  }

  /** What no header says is taken to be usual: samples of CPU each 10 ms, a dump a second. */
  private static @Nullable ConvertedProfile sampled(byte[] body, long limit)
      throws MalformedProfileException {
    long now = System.currentTimeMillis() * 1_000_000;
    if (CollapsedBody.isCollapsed(body)) {
      System.out.println("collapsed stacks, " + body.length + " bytes, read as CPU each 10 ms");
      return CollapsedBody.convert(
          body,
          limit,
          new CollapsedBody.Options(CollapsedBody.Of.CPU, 10_000_000, false),
          now,
          1_000_000_000);
    }
    if (body.length == 0 || (body[0] != '{' && body[0] != '[')) {
      return null;
    }
    ThreadDumps dumps = new ThreadDumps(false);
    try {
      int threads = dumps.add(body, limit, 1_000_000_000);
      System.out.println(
          "JSON thread dump, "
              + body.length
              + " bytes, "
              + threads
              + " threads, read as one second");
    } catch (MalformedProfileException otherJson) {
      return null;
    }
    return dumps.finish(now, 1_000_000_000, 1_000_000_000);
  }

  private static void recording(byte[] body, long limit) throws MalformedProfileException {
    long now = System.currentTimeMillis() * 1_000_000;
    RecordingBody.Result result =
        RecordingBody.convert(body, limit, start -> true, RecordingOptions.DEFAULT, now);
    System.out.println(
        (Gzip.isGzip(body) ? "gzipped JFR recording, " : "JFR recording, ")
            + body.length
            + " bytes, "
            + result.chunks().size()
            + " chunks; profiles in it: "
            + result.profiles().size()
            + (result.estimatedPeriod() ? "; the sampling period is an estimate" : ""));
    for (ConvertedProfile profile : result.profiles()) {
      System.out.println("\n" + profile.name());
      System.out.println(SummaryText.of(PprofReader.summary(profile.body(), limit)));
    }
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

  private ScrapeResult fetch(URI target) throws InterruptedException, ExecutionException {
    Vertx vertx = Vertx.vertx();
    Context context = vertx.getOrCreateContext();
    Promise<ScrapeResult> promise = Promise.promise();
    context.runOnContext(
        ignored -> {
          Timers timers = new VertxTimers(vertx, context);
          new HttpScraper(
                  new HttpScraper.Tools(
                      ScrapeClient.create(vertx, timers),
                      timers,
                      new BodyBudget(128L << 20, timers),
                      Version.userAgent()),
                  HttpSettings.plain(vertx, timers))
              .scrape(target(target))
              .result()
              .onComplete(promise);
        });
    try {
      return promise.future().toCompletionStage().toCompletableFuture().get();
    } finally {
      vertx.close();
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
        new ProfileType(type, true, uri.getPath(), seconds > 0),
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
