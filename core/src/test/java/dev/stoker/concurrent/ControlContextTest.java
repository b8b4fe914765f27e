package dev.stoker.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlContextTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ControlContext control = new VertxTimers(vertx, context).control();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aTaskOnTheContext_passes() throws Exception {
    assertThat(on(control)).isEqualTo("passed");
  }

  @Test
  void aRequestsOwnContext_passes_onTheSameThread() throws Exception {
    Context request = ((ContextInternal) context).duplicate();

    assertThat(on(task -> request.runOnContext(ignored -> task.run()))).isEqualTo("passed");
  }

  @Test
  void otherThreads_areRefused_withTheirName() throws Exception {
    assertThatThrownBy(control::assertOn)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Thread.currentThread().getName());
    try (CpuPool pool = new CpuPool(1)) {
      assertThat(on(task -> pool.submit(() -> run(task)))).contains("stoker-cpu-1");
    }
    try (FileThread files = new FileThread("here")) {
      assertThat(on(files)).contains("stoker-files-here");
    }
    Context other = otherLoop();
    assertThat(on(task -> other.runOnContext(ignored -> task.run()))).contains("eventloop");
  }

  private static boolean run(Runnable task) {
    task.run();
    return true;
  }

  private Context otherLoop() {
    Context other = ((ContextInternal) context).owner().createEventLoopContext();
    return ((ContextInternal) other).nettyEventLoop()
            == ((ContextInternal) context).nettyEventLoop()
        ? otherLoop()
        : other;
  }

  private String on(java.util.concurrent.Executor somewhere) throws Exception {
    Promise<String> said = Promise.promise();
    somewhere.execute(
        () -> {
          try {
            control.assertOn();
            said.complete("passed");
          } catch (IllegalStateException refused) {
            said.complete(refused.getMessage());
          }
        });
    return said.future().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
