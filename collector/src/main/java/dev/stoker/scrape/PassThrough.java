package dev.stoker.scrape;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.BodyCheck;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.TimeStamp;
import io.vertx.core.Future;

/**
 * Bodies that go on as they came. Every body gets the cheap checks; the full one sees a loop's
 * first body, the one after a failure, plain (not gzipped) ones, and what looks odd: a body equal
 * to the one before. Sees to it that every profile has a time of its own.
 */
final class PassThrough implements ProfileTransform {
  private final long maxInflated;
  private final CpuPool cpuPool;
  private final Workspaces workspaces;
  private boolean fullCheck = true;
  private boolean untimed;
  private long lastTrailer;
  private long lastTimeNanos;

  /**
   * @param sinceNanos when the loop came to be, Unix nanoseconds: a first body that is older may
   *     have been delivered in a life before, under the same time
   */
  PassThrough(long maxInflated, ScrapeServices.Cpu cpu, long sinceNanos) {
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
    boolean full = odd || fullCheck || untimed || !Gzip.isGzip(body) || trailer == lastTrailer;
    lastTrailer = trailer;
    if (!full) {
      return Future.succeededFuture(Transformed.whole(body));
    }
    return cpuPool
        .submit(() -> workspaces.use(workspace -> BodyCheck.full(body, maxInflated, workspace)))
        .map(checked -> checked(body, checked, scrapedAtMillis * 1_000_000));
  }

  private Transformed checked(byte[] body, BodyCheck.Checked checked, long scrapedAtNanos) {
    fullCheck = false;
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
  public void failed() {
    fullCheck = true;
  }

  @Override
  public void close() {}
}
