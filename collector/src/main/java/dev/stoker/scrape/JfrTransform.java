package dev.stoker.scrape;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.jfr.JfrChunk;
import dev.stoker.jfr.PendingStacks;
import dev.stoker.jvm.ConvertedProfile;
import dev.stoker.jvm.RecordingBody;
import dev.stoker.jvm.RecordingConverter;
import dev.stoker.jvm.RecordingOptions;
import dev.stoker.pprof.BodyCheck;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Recordings become profiles on the CPU pool. A chunk is sent once: an endpoint that dumps a
 * running recording answers with the same chunks again, and more at the end. What such a recording
 * already held when the loop began, all but its last chunk, may have been sent in a life before and
 * is left out.
 */
final class JfrTransform implements ProfileTransform {
  private final CpuPool cpu;
  private final long maxInflated;
  private final long sinceNanos;

  /** Starts of the chunks of the last body that was accepted. */
  private Set<Long> sent = Set.of();

  private Set<Long> unsettled = Set.of();

  /** Of the running recording that is fetched piece by piece. */
  private PendingStacks pending = new PendingStacks(RecordingConverter.MAX_PENDING);

  private boolean first = true;

  /**
   * @param nowMillis when the loop came to be
   */
  JfrTransform(Target target, CpuPool cpu, long nowMillis) {
    this.cpu = cpu;
    this.maxInflated = target.plan().maxInflatedSize();
    long slack = target.plan().intervalMillis() + target.plan().deadlineMillis();
    this.sinceNanos = (nowMillis - slack) * 1_000_000;
  }

  private record Converted(List<NamedBody> parts, Set<Long> chunks) {}

  @Override
  public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
    return cpu.submit(() -> convert(body, scrapedAtMillis))
        .map(
            converted -> {
              unsettled = converted.chunks();
              return new Transformed(converted.parts(), false, false);
            });
  }

  /** On the pool; the loop changes nothing meanwhile. */
  private Converted convert(byte[] body, long nowMillis) throws MalformedProfileException {
    Set<Long> all = new HashSet<>();
    RecordingBody.Result result =
        read(
            body,
            maxInflated,
            start -> all.add(start) && !sent.contains(start) && (!first || start >= sinceNanos),
            pending,
            nowMillis);
    if (first && result.chunks().isEmpty() && !all.isEmpty()) {
      long last = all.stream().mapToLong(Long::longValue).max().getAsLong();
      result = read(body, maxInflated, start -> start == last, pending, nowMillis);
    }
    return new Converted(named(result.profiles()), all);
  }

  /** All that is in it. */
  static List<NamedBody> profiles(byte[] body, long maxInflated, long nowMillis)
      throws MalformedProfileException {
    PendingStacks none = new PendingStacks(RecordingConverter.MAX_PENDING);
    return named(read(body, maxInflated, start -> true, none, nowMillis).profiles());
  }

  private static RecordingBody.Result read(
      byte[] body, long maxInflated, JfrChunk.Filter wanted, PendingStacks pending, long nowMillis)
      throws MalformedProfileException {
    if (!RecordingBody.isRecording(body)) {
      BodyCheck.quick(body, maxInflated);
      throw new MalformedProfileException(
          "body is no JFR recording"
              + (Gzip.isGzip(body) ? " in gzip" : "")
              + ": it does not begin with FLR; if it is pprof, the target needs source = pprof");
    }
    RecordingConverter converter = new RecordingConverter(RecordingOptions.DEFAULT, pending);
    return RecordingBody.convert(body, maxInflated, wanted, converter, nowMillis * 1_000_000);
  }

  private static List<NamedBody> named(List<ConvertedProfile> profiles) {
    return profiles.stream().map(profile -> new NamedBody(profile.name(), profile.body())).toList();
  }

  @Override
  public void settle(boolean accepted) {
    if (accepted) {
      sent = unsettled;
      first = false;
    }
  }

  /** A JVM that has started again meanwhile uses the ids again. */
  @Override
  public void failed() {
    pending = new PendingStacks(RecordingConverter.MAX_PENDING);
  }

  @Override
  public void close() {}
}
