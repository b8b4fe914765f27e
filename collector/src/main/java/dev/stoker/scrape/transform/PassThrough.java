package dev.stoker.scrape.transform;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.check.Mend;
import dev.stoker.pprof.wire.TimeStamp;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Sends bodies as they came, or corrected. Every body gets the cheap checks. The full check sees
 * the bodies that {@link CloserLook} names, those that are not gzipped, and those that look odd,
 * such as a body equal to the one before. Every profile leaves with a time of its own, because
 * Pyroscope counts equal labels and times once.
 */
final class PassThrough implements ProfileTransform {
  private final long maxInflated;
  private final CpuPool cpuPool;
  private final Workspaces workspaces;
  private final CloserLook closer = new CloserLook();
  private boolean untimed;
  private long lastTrailer;
  private long lastTimeNanos;

  /**
   * @param sinceNanos when the loop came to be, Unix nanoseconds: a first body that is older may
   *     have been delivered in a life before, under the same time
   */
  PassThrough(long maxInflated, BodyCpu cpu, long sinceNanos) {
    this.maxInflated = maxInflated;
    this.cpuPool = cpu.pool();
    this.workspaces = cpu.workspaces();
    this.lastTimeNanos = sinceNanos;
  }

  @Override
  public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
    boolean odd;
    try {
      odd = BodyCheck.quick(body, maxInflated);
    } catch (MalformedProfileException malformed) {
      return Future.failedFuture(malformed);
    }
    long trailer = trailer(body);
    boolean deep = closer.wanted(body);
    boolean full = odd || deep || untimed || !Gzip.isGzip(body) || trailer == lastTrailer;
    lastTrailer = trailer;
    if (!full) {
      return Future.succeededFuture(Transformed.whole(body));
    }
    return cpuPool
        .submit(
            () -> workspaces.use(workspace -> BodyCheck.full(body, maxInflated, deep, workspace)))
        .map(
            checked -> {
              if (deep) {
                closer.passed(body, checked);
              }
              return checked(checked, scrapedAtMillis * 1_000_000);
            });
  }

  private Transformed checked(BodyCheck.Checked checked, long scrapedAtNanos) {
    byte[] body = checked.body();
    untimed = checked.timeNanos() <= 0;
    if (!untimed && checked.timeNanos() != lastTimeNanos) {
      lastTimeNanos = checked.timeNanos();
      return Transformed.whole(body);
    }
    return Transformed.whole(TimeStamp.set(body, scrapedAtNanos));
  }

  /** CRC and size of a gzip body: equal to the last one's means most likely the same body. */
  private static long trailer(byte[] body) {
    long trailer = 0;
    for (int i = Math.max(0, body.length - 8); i < body.length; i++) {
      trailer = trailer << 8 | body[i] & 0xff;
    }
    return trailer;
  }

  @Override
  public void settle(boolean accepted) {}

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
