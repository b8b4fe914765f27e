package dev.stoker.scrape;

import dev.stoker.pprof.BodyCheck;
import dev.stoker.pprof.Gzip;
import io.vertx.core.Future;

/**
 * Which bodies of a loop deserve the deep look: the first, one after a failure or a refusal of a
 * server, one of quite another size than the last that was looked at, and all while they have to be
 * mended. Control context only.
 */
final class CloserLook {
  private boolean due = true;
  private long size;
  private String mended = "";

  /**
   * The body after the deep look, where it deserves one.
   *
   * @return fails with {@link dev.stoker.pprof.MalformedProfileException} when it does not pass
   */
  Future<byte[]> at(byte[] body, long maxInflated, ScrapeServices.Cpu cpu) {
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
    return due || !mended.isEmpty() || now > 2 * size || now < size / 2;
  }

  /** The body has passed. */
  void passed(byte[] body, BodyCheck.Checked checked) {
    due = false;
    size = size(body);
    mended = checked.mended();
  }

  void demand() {
    due = true;
  }

  TargetDetail detail() {
    return mended.isEmpty() ? TargetDetail.NONE : TargetDetail.mended(mended);
  }

  /** Inflated, as far as that can be told for nothing. */
  private static long size(byte[] body) {
    return Gzip.isGzip(body) ? Gzip.claimedSize(body) : body.length;
  }
}
