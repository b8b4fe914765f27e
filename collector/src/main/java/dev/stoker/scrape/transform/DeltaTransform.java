package dev.stoker.scrape.transform;

import dev.stoker.labels.LabelNames;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.check.Mend;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.delta.CumulativeTypes;
import dev.stoker.pprof.delta.DeltaComputer;
import dev.stoker.pprof.delta.DeltaOutcome;
import dev.stoker.pprof.delta.SavedBaseline;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Turns cumulative bodies into deltas on the CPU pool. The loop works on one body at a time, so the
 * computer has one user at a time. Takes the baseline of the series when it is made, and leaves it
 * behind when it is closed.
 */
final class DeltaTransform implements ProfileTransform {
  private static final TargetDetail PAUSED =
      TargetDetail.paused(
          "memory: its cumulative sample types are not sent, because the baselines of all targets take"
              + " what there is for them; give Stoker more memory, or have it scrape fewer targets");

  private final String series;
  private final long maxInflated;
  private final BodyCpu cpu;
  private final Baselines baselines;
  private final BaselineBudget.Lease memory;
  private final DeltaComputer computer;
  private final CloserLook closer = new CloserLook();

  /**
   * The process that the baseline is of ("" = unknown); below, the one of the body that is not
   * settled yet.
   */
  private String process = "";

  private String nextProcess = "";
  private boolean moved;
  private boolean turnEnded;

  DeltaTransform(Target target, BodyCpu cpu, Baselines baselines, long nowMillis) {
    this.series = target.series();
    this.maxInflated = target.plan().maxInflatedSize();
    this.cpu = cpu;
    this.baselines = baselines;
    Baselines.Left left = baselines.take(series);
    SavedBaseline saved = left == null ? null : left.saved();
    this.memory = left == null ? baselines.budget().lease() : left.memory();
    this.computer =
        new DeltaComputer(
            CumulativeTypes.of(target.labels().get(LabelNames.NAME)),
            target.type().kept(),
            nowMillis * 1_000_000,
            memory);
    if (saved != null) {
      process = saved.process();
      computer.restore(saved.baseline());
    } else if (baselines.isLost(series)) {
      computer.lose();
    }
  }

  @Override
  public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
    try {
      BodyCheck.quick(body, maxInflated);
    } catch (MalformedProfileException malformed) {
      return Future.failedFuture(malformed);
    }
    nextProcess = ProcessId.of(target.discoveredLabels());
    if (!moved && ProcessId.differ(process, nextProcess)) {
      computer.lose();
    }
    return closer
        .at(body, maxInflated, cpu)
        .compose(fine -> subtracted(fine, scrapedAtMillis * 1_000_000));
  }

  private Future<Transformed> subtracted(byte[] body, long scrapedAtNanos) {
    return cpu.pool()
        .submit(
            () ->
                cpu.workspaces()
                    .use(
                        workspace -> {
                          DeltaOutcome outcome =
                              computer.compute(body, maxInflated, scrapedAtNanos, workspace);
                          byte[] delta =
                              outcome instanceof DeltaOutcome.Delta some ? some.body() : null;
                          return Transformed.of(delta, outcome.reset(), outcome.gap());
                        }));
  }

  @Override
  public Set<Mend> mends() {
    return closer.mends();
  }

  @Override
  public TargetDetail detail() {
    return closer.detail().and(computer.isPaused() ? PAUSED : TargetDetail.NONE);
  }

  @Override
  public void settle(boolean accepted) {
    computer.settle(accepted);
    if (computer.isPaused()) {
      baselines.paused();
    } else if (accepted) {
      process = nextProcess;
      if (!moved) {
        moved = true;
        baselines.moved(series);
      }
    }
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
  public void interrupted() {
    computer.lose();
  }

  @Override
  public void turnEnds() {
    turnEnded = true;
  }

  @Override
  public void close() {
    if (turnEnded) {
      baselines.forget(series, memory);
    } else {
      baselines.leave(series, process, computer.baseline(), memory);
    }
  }
}
