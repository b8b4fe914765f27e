package dev.stoker.scrape.transform;

import dev.stoker.pprof.check.Mend;
import dev.stoker.pprof.edit.SampleTypeFilter;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Sends a part of the sample types of each body (<code>keep_sample_types</code>). The body is
 * encoded anew on the CPU pool.
 */
final class KeepTransform implements ProfileTransform {
  private final KeptTypes kept;
  private final long maxInflated;
  private final BodyCpu cpu;
  private final CloserLook closer = new CloserLook();
  private long usedTimeNanos;
  private long lastTimeNanos;

  /**
   * @param sinceNanos as for {@link PassThrough}
   */
  KeepTransform(KeptTypes kept, long maxInflated, BodyCpu cpu, long sinceNanos) {
    this.usedTimeNanos = sinceNanos;
    this.kept = kept;
    this.maxInflated = maxInflated;
    this.cpu = cpu;
  }

  @Override
  public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
    SampleTypeFilter.Times times =
        new SampleTypeFilter.Times(usedTimeNanos, scrapedAtMillis * 1_000_000);
    return closer
        .at(body, maxInflated, cpu)
        .compose(
            fine ->
                cpu.pool()
                    .submit(
                        () ->
                            cpu.workspaces()
                                .use(
                                    workspace ->
                                        SampleTypeFilter.apply(
                                            fine, maxInflated, kept, times, workspace))))
        .map(
            filtered -> {
              lastTimeNanos = filtered.timeNanos();
              return Transformed.whole(filtered.body());
            });
  }

  @Override
  public void settle(boolean accepted) {
    usedTimeNanos = accepted ? lastTimeNanos : usedTimeNanos;
  }

  @Override
  public Set<Mend> mends() {
    return closer.mends();
  }

  @Override
  public TargetDetail detail() {
    return closer.detail();
  }

  @Override
  public void failed() {
    closer.demand();
  }

  @Override
  public void refused() {
    closer.demand();
  }

  @Override
  public void close() {}
}
