package dev.stoker.pprof.shared;

import dev.stoker.component.Services;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.edit.SampleLabels;
import dev.stoker.pprof.wire.Workspaces;
import io.vertx.core.Future;

/** Runs work on bodies on the CPU pool, within one bound for all inflated profiles. */
public final class BodyWork {
  /**
   * Bytes that a body may inflate to while its labels are edited: the default limit of a scrape.
   */
  public static final long MAX_INFLATED = 64L << 20;

  private final CpuPool cpuPool;
  private final CodecChoice codecs;
  private final Workspaces workspaces;

  private BodyWork(Services services) {
    this.cpuPool = services.cpuPool();
    this.codecs = new CodecChoice(services.registry());
    this.workspaces = new Workspaces(services.heap("inflating"), codecs::get);
    codecs.start(cpuPool);
    services.onClose(this::close);
  }

  /** The work of the whole daemon. To be called on the control context. */
  public static BodyWork of(Services services) {
    return services.shared(BodyWork.class, BodyWork::new);
  }

  public Workspaces workspaces() {
    return workspaces;
  }

  /** Runs work on a body; completes on the context of the caller. */
  public <T> Future<T> run(Workspaces.Job<T> job) {
    return cpuPool.submit(() -> workspaces.use(job));
  }

  /**
   * Edits the labels inside a body.
   *
   * @return fails with {@link dev.stoker.pprof.MalformedProfileException} when the body cannot be
   *     read; completes on the context of the caller
   */
  public Future<SampleLabels.Edited> edit(byte[] body, SampleLabels.Editor editor) {
    return run(workspace -> SampleLabels.edit(body, MAX_INFLATED, editor, workspace));
  }

  private Future<?> close() {
    workspaces.close();
    return Future.succeededFuture();
  }
}
