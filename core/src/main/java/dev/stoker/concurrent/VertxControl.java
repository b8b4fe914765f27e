package dev.stoker.concurrent;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;

/** The control context on an event loop of Vert.x. */
final class VertxControl implements ControlContext {
  private final Context context;
  private final EventExecutor loop;

  VertxControl(Context context) {
    this.context = context;
    this.loop = ((ContextInternal) context).nettyEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    context.runOnContext(ignored -> task.run());
  }

  /**
   * Asks for the thread and not for the current context: an HTTP request has a context of its own,
   * a duplicate, on the same thread.
   */
  @Override
  public void assertOn() {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException(
          "only the control context may do this, not the thread "
              + Thread.currentThread().getName());
    }
  }
}
