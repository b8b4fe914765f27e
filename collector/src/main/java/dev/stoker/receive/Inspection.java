package dev.stoker.receive;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.TimeStamp;
import dev.stoker.pprof.wire.Workspaces;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the bodies of pushed profiles: each of them cheaply at once, and those that {@link
 * Looks} names in full on the CPU pool, where they are corrected and get a time when they have
 * none. Owned by the control context.
 */
final class Inspection {
  private final CpuPool cpuPool;
  private final Workspaces workspaces;
  private final Runnable mended;
  private final Looks looks = new Looks();
  private long lastTimeNanos;

  /**
   * @param mended is called for each body that was corrected
   */
  Inspection(CpuPool cpuPool, Workspaces workspaces, Runnable mended) {
    this.cpuPool = cpuPool;
    this.workspaces = workspaces;
    this.mended = mended;
  }

  /** The cheap look, which also says whether the full one is due. */
  Candidate quick(Labels series, byte[] body, long maxInflated) throws MalformedProfileException {
    return new Candidate(
        series, body, BodyCheck.quick(body, maxInflated) || looks.due(series, body));
  }

  /**
   * The full look at those for which it is due. The future fails when one of them is no profile,
   * with a {@link MalformedProfileException}.
   *
   * @param nowMillis Unix time that bodies without one get
   */
  Future<Void> full(List<Candidate> all, long maxInflated, long nowMillis) {
    List<Candidate> due = all.stream().filter(Candidate::isDue).toList();
    List<byte[]> bodies = due.stream().map(Candidate::body).toList();
    return cpuPool
        .submit(
            () -> {
              List<BodyCheck.Checked> checked = new ArrayList<>();
              for (byte[] body : bodies) {
                checked.add(workspaces.use(work -> BodyCheck.full(body, maxInflated, true, work)));
              }
              return checked;
            })
        .map(
            checked -> {
              for (int i = 0; i < due.size(); i++) {
                passed(due.get(i), checked.get(i), nowMillis);
              }
              return (Void) null;
            })
        .onFailure(ignored -> all.forEach(candidate -> looks.failed(candidate.series())));
  }

  private void passed(Candidate candidate, BodyCheck.Checked found, long nowMillis) {
    looks.passed(candidate.series(), candidate.body(), found);
    if (!found.mends().isEmpty()) {
      mended.run();
    }
    candidate.body(found.body());
    if (found.timeNanos() <= 0) {
      // Pyroscope counts equal labels and times once, so each has a time of its own.
      lastTimeNanos = Math.max(lastTimeNanos + 1, nowMillis * 1_000_000);
      candidate.body(TimeStamp.set(found.body(), lastTimeNanos));
    }
  }
}
