package dev.stoker.scrape.transform;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.jvm.convert.ChunkPart;
import dev.stoker.jvm.convert.JvmMemory;
import dev.stoker.jvm.convert.RecordingBody;
import dev.stoker.jvm.convert.RecordingConverter;
import dev.stoker.jvm.convert.RecordingOptions;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.scrape.target.Content;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.List;

/**
 * Recordings become profiles on the CPU pool. What was recorded since the last scrape counts once,
 * whatever the order of the chunks and however often they come again; of the first body, what was
 * recorded within the interval before the scrape: the rest may have been sent in a life before.
 */
final class JfrTransform implements ProfileTransform {
  private final CpuPool cpu;
  private final long maxInflated;

  /** Milliseconds of the first body that count; a very large number = all of it. */
  private final long firstMillis;

  private final CountedChunks counted = new CountedChunks();

  /** State that pieces of one running recording share. */
  private final JvmMemory memory = new JvmMemory();

  private TargetDetail detail = TargetDetail.NONE;
  private CountedChunks.Answer unsettled = counted.answer(Long.MIN_VALUE);
  private boolean first = true;

  JfrTransform(Target target, CpuPool cpu) {
    this.cpu = cpu;
    this.maxInflated = target.plan().maxInflatedSize();
    this.firstMillis = firstMillis(target);
  }

  /**
   * A recording that is made for the scrape, by Stoker or by the target, is new as a whole; a URL
   * that is just read may hold anything.
   */
  private static long firstMillis(Target target) {
    Target.Plan plan = target.plan();
    boolean made = target.type().content() == Content.PROFILER || !isUrl(target.type());
    if (made) {
      return Long.MAX_VALUE;
    }
    return plan.seconds() > 0
        ? Math.max(plan.intervalMillis(), plan.deadlineMillis())
        : plan.intervalMillis();
  }

  /** True for the source jfr and for the profile type of the same name. */
  private static boolean isUrl(ProfileType type) {
    return type.key().equals("jfr");
  }

  private record Converted(
      List<NamedBody> parts, CountedChunks.Answer answer, boolean estimatedPeriod) {}

  @Override
  public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
    return cpu.submit(() -> convert(body, scrapedAtMillis))
        .map(
            converted -> {
              unsettled = converted.answer();
              detail = detail(converted);
              return new Transformed(converted.parts(), false, false);
            });
  }

  /** Runs on the CPU pool; the loop changes nothing meanwhile. */
  private Converted convert(byte[] body, long nowMillis) throws MalformedProfileException {
    boolean all = !first || firstMillis > nowMillis;
    CountedChunks.Answer answer =
        counted.answer(all ? Long.MIN_VALUE : (nowMillis - firstMillis) * 1_000_000);
    RecordingBody.Result result = read(body, maxInflated, answer, memory, nowMillis);
    return new Converted(named(result.profiles()), answer, result.estimatedPeriod());
  }

  private static TargetDetail detail(Converted converted) {
    TargetDetail detail =
        converted.estimatedPeriod() ? TargetDetail.period("estimated") : TargetDetail.NONE;
    return converted.parts().isEmpty()
        ? detail.and(TargetDetail.paused(converted.answer().whyNothing()))
        : detail;
  }

  /** Converts a whole recording, whatever was counted before. */
  static List<NamedBody> profiles(byte[] body, long maxInflated, long nowMillis)
      throws MalformedProfileException {
    return named(
        read(body, maxInflated, chunk -> ChunkPart.ALL, new JvmMemory(), nowMillis).profiles());
  }

  private static RecordingBody.Result read(
      byte[] body,
      long maxInflated,
      RecordingBody.Counting counting,
      JvmMemory memory,
      long nowMillis)
      throws MalformedProfileException {
    if (!RecordingBody.isRecording(body)) {
      BodyCheck.quick(body, maxInflated);
      throw new MalformedProfileException(
          "body is no JFR recording"
              + (Gzip.isGzip(body) ? " in gzip" : "")
              + ": it does not begin with FLR; if it is pprof, the target needs source = pprof");
    }
    RecordingConverter converter = new RecordingConverter(RecordingOptions.DEFAULT, memory);
    return RecordingBody.convert(body, maxInflated, counting, converter, nowMillis * 1_000_000);
  }

  private static List<NamedBody> named(List<ConvertedProfile> profiles) {
    return profiles.stream().map(profile -> new NamedBody(profile.name(), profile.body())).toList();
  }

  @Override
  public TargetDetail detail() {
    return detail;
  }

  @Override
  public void settle(boolean accepted) {
    if (accepted) {
      counted.keep(unsettled);
      first = false;
    }
  }

  /** A JVM that has started again meanwhile uses the ids again. */
  @Override
  public void failed() {
    memory.forgetStacks();
  }

  @Override
  public void close() {}
}
