package dev.stoker.app.command;

import dev.stoker.jvm.convert.RecordingBody;
import dev.stoker.jvm.convert.RecordingOptions;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.jvm.text.CollapsedBody;
import dev.stoker.jvm.text.ThreadDumps;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.flame.ProfileSummary;
import dev.stoker.pprof.wire.Workspace;
import dev.stoker.scrape.loop.ManualScrape;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.transform.NamedBody;
import org.jspecify.annotations.Nullable;

/** Says on standard output what is in a body, or on standard error why it cannot be read. */
final class BodyReport {
  /** Says what a component of a config makes of a body. */
  static int of(ManualScrape scrape, byte[] body) {
    long limit = scrape.target().plan().maxInflatedSize();
    try {
      System.out.println(
          scrape.target().url()
              + ": "
              + body.length
              + " bytes, read as "
              + scrape.target().type().key());
      for (NamedBody profile : scrape.profiles(body, limit)) {
        System.out.println(profile.name() == null ? "" : "\n" + profile.name());
        System.out.println(SummaryText.of(ProfileSummary.of(profile.body(), limit)));
      }
      return 0;
    } catch (MalformedProfileException malformed) {
      System.err.println("malformed: " + malformed.getMessage());
      return 1;
    }
  }

  /** Says what a body is that nothing is known of. */
  static int of(byte[] body) {
    try {
      long limit = ScrapeLimits.DEFAULT.maxInflatedSize();
      if (RecordingBody.isRecording(body)) {
        recording(body, limit);
        return 0;
      }
      ConvertedProfile sampled = sampled(body, limit);
      if (sampled != null) {
        System.out.println(sampled.name());
        System.out.println(SummaryText.of(ProfileSummary.of(sampled.body(), limit)));
        return 0;
      }
      String mended = checked(body, limit);
      ProfileSummary summary = ProfileSummary.of(body, limit);
      System.out.println(
          (Gzip.isGzip(body) ? "gzipped pprof, " : "pprof, ") + body.length + " bytes");
      if (!mended.isEmpty()) {
        System.out.println("mended before it is sent: " + mended);
      }
      System.out.println(SummaryText.of(summary));
      return 0;
    } catch (MalformedProfileException malformed) {
      System.err.println("malformed: " + malformed.getMessage());
      return 1;
    }
  }

  /** Checks a body as a loop checks its first one, and says what was mended. */
  private static String checked(byte[] body, long limit) throws MalformedProfileException {
    try (Workspace workspace = new Workspace()) {
      return BodyCheck.full(body, limit, true, workspace).mended();
    }
  }

  /**
   * Converts sampled stacks. Without headers, usual values are assumed: CPU samples each 10 ms, one
   * dump a second.
   */
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
      System.out.println(SummaryText.of(ProfileSummary.of(profile.body(), limit)));
    }
  }

  private BodyReport() {}
}
