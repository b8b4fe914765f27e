package dev.stoker.scrape.transform;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.check.Mend;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Which bodies of a loop deserve the deep look: the first, one after a failure or a refusal of a
 * server, one of quite another size than the last that was looked at, and all while they have to be
 * mended.
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

  /** The body has passed. */
  void passed(byte[] body, BodyCheck.Checked checked) {
    due = false;
    size = size(body);
    mends = checked.mends();
  }

  void demand() {
    due = true;
  }

  /** In the last body: one after a body that had to be mended is always looked at. */
  Set<Mend> mends() {
    return mends;
  }

  TargetDetail detail() {
    return mends.isEmpty() ? TargetDetail.NONE : TargetDetail.mended(Mend.text(mends));
  }

  /** Inflated, as far as that can be told for nothing. */
  private static long size(byte[] body) {
    return Gzip.isGzip(body) ? Gzip.claimedSize(body) : body.length;
  }
}
