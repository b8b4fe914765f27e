package dev.stoker.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FileThreadTest {
  @Test
  void work_runsInOrder_onOneThreadOfItsOwn() throws Exception {
    List<Integer> done = new ArrayList<>();
    Future<String> last;
    try (FileThread files = new FileThread("baselines")) {
      for (int i = 0; i < 100; i++) {
        int number = i;
        files.execute(() -> done.add(number));
      }
      last = files.submit(() -> Thread.currentThread().getName());
    }

    assertThat(get(last)).isEqualTo("stoker-files-baselines");
    assertThat(done).hasSize(100).isSorted();
  }

  @Test
  void aFailure_isTheFuture() {
    try (FileThread files = new FileThread("baselines")) {
      Future<Void> failed =
          files.run(
              () -> {
                throw new IOException("full");
              });

      assertThatThrownBy(() -> get(failed)).hasRootCauseMessage("full");
    }
  }

  @Test
  void afterClose_workIsRefused() {
    FileThread files = new FileThread("baselines");
    files.close();

    assertThatThrownBy(() -> get(files.run(() -> {})))
        .hasCauseInstanceOf(java.util.concurrent.RejectedExecutionException.class);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
