package dev.stoker.scrape.transform;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.Workspace;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.target.Content;
import dev.stoker.scrape.target.Target;
import java.util.List;

/** Chooses the transform for a target's bodies by the {@link Content} of its profile type. */
public final class Transforms {
  public static ProfileTransform forTarget(
      Target target, BodyCpu cpu, Baselines baselines, long nowMillis) {
    return switch (target.type().content()) {
      case PPROF -> pprof(target, cpu, baselines, nowMillis);
      case JFR -> new JfrTransform(target, cpu.pool());
      case WALL -> new WallTransform();
      case PROFILER -> new ProfilerTransform(target, cpu.pool());
    };
  }

  private static ProfileTransform pprof(
      Target target, BodyCpu cpu, Baselines baselines, long nowMillis) {
    if (target.delta() == Target.DeltaMode.SUBTRACT) {
      return new DeltaTransform(target, cpu, baselines, nowMillis);
    }
    long maxInflated = target.plan().maxInflatedSize();
    return target.type().kept().isAll()
        ? new PassThrough(maxInflated, cpu, nowMillis * 1_000_000)
        : new KeepTransform(target.type().kept(), maxInflated, cpu, nowMillis * 1_000_000);
  }

  /**
   * The profiles of one body that no loop has fetched. Takes CPU time.
   *
   * @param maxInflated bytes, 0 = no limit
   * @throws MalformedProfileException what came instead, or what the loop would refuse in it
   */
  public static List<NamedBody> profiles(
      Target target, byte[] body, long maxInflated, long nowMillis)
      throws MalformedProfileException {
    return switch (target.type().content()) {
      case PPROF -> {
        try (Workspace workspace = new Workspace()) {
          BodyCheck.Checked checked = BodyCheck.full(body, maxInflated, true, workspace);
          yield List.of(new NamedBody(null, checked.body()));
        }
      }
      case JFR -> JfrTransform.profiles(body, maxInflated, nowMillis);
      case WALL -> List.of(WallTransform.named(body));
      case PROFILER -> ProfilerTransform.profiles(target, body, maxInflated, nowMillis);
    };
  }

  private Transforms() {}
}
