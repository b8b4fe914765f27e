package dev.stoker.pprof.wire;

import dev.stoker.codec.Codecs;
import dev.stoker.pprof.Giants;
import dev.stoker.pprof.MalformedProfileException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * Workspaces for the threads of the CPU pool: as many as ever work at once, so at most one for each
 * thread. Thread-safe.
 */
public final class Workspaces implements AutoCloseable {
  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();

  private final Giants giants;
  private final Supplier<Codecs> codecs;

  /**
   * @param inflating bytes that inflated profiles may take in all
   * @param codecs by which bodies are inflated and deflated; called on the threads that work
   */
  public Workspaces(long inflating, Supplier<Codecs> codecs) {
    this.giants = new Giants(inflating);
    this.codecs = codecs;
  }

  /** Work on a body. */
  public interface Job<T> {
    T run(Workspace workspace) throws MalformedProfileException;
  }

  /**
   * Runs it with a workspace that nobody else has meanwhile.
   *
   * @throws MalformedProfileException as the job does
   */
  public <T> T use(Job<T> job) throws MalformedProfileException {
    Workspace free = idle.pollFirst();
    Workspace workspace = free == null ? new Workspace(giants, codecs.get()) : free;
    try {
      return job.run(workspace);
    } finally {
      boolean large = workspace.isLarge();
      workspace.done();
      if (large) {
        workspace.close();
      } else {
        idle.addFirst(workspace);
      }
    }
  }

  @Override
  public void close() {
    idle.forEach(Workspace::close);
    idle.clear();
  }
}
