package dev.stoker.scrape.transform;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.check.Mend;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Decides which bodies of a loop deserve the deep look: the first one, one after a failure or after
 * a server's refusal, one of a very different size than the last that was looked at, and every body
 * after one that had to be corrected. Owned by the control context; the look itself runs on the CPU
 * pool.
 */
final class CloserLook {
  private boolean due = true;
  private long size;
  private Set<Mend> mends = Set.of();

  /**
   * The body after the deep look, where it deserves one.
   *
   * @return fails with {@link dev.stoker.pprof.MalformedProfileException} when it does not pass
   */
  Future<byte[]> at(byte[] body, long maxInflated, BodyCpu cpu) {
    if (!wanted(body)) {
      return Future.succeededFuture(body);
    }
    return cpu.pool()
        .submit(
            () ->
                cpu.workspaces()
                    .use(workspace -> BodyCheck.full(body, maxInflated, true, workspace)))
        .map(
            checked -> {
              passed(body, checked);
              return checked.body();
            });
  }

  boolean wanted(byte[] body) {
    long now = size(body);
    return due || !mends.isEmpty() || now > 2 * size || now < size / 2;
  }

  /** Notes that a body has passed the deep look. */
  void passed(byte[] body, BodyCheck.Checked checked) {
    due = false;
    size = size(body);
    mends = checked.mends();
  }

  void demand() {
    due = true;
  }

  /** The corrections in the last body. A body that follows a corrected one is always looked at. */
  Set<Mend> mends() {
    return mends;
  }

  TargetDetail detail() {
    return mends.isEmpty() ? TargetDetail.NONE : TargetDetail.mended(Mend.text(mends));
  }

  /** The inflated size, as far as it is known without inflating. */
  private static long size(byte[] body) {
    return Gzip.isGzip(body) ? Gzip.claimedSize(body) : body.length;
  }
}
