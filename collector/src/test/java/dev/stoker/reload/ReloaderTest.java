package dev.stoker.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.daemon.DaemonConfig;
import dev.stoker.config.source.Sources;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReloaderTest {
  private static final ReloadResult FINE = new ReloadResult.Reloaded(Change.NONE, List.of());

  private final Vertx vertx = Vertx.vertx();
  private final Queue<Supplier<Future<ReloadResult>>> graph = new ArrayDeque<>();
  private final Reloader reloader =
      new Reloader(
          ReloaderTest::loaded, next -> graph.remove().get(), vertx, new ManualTimers(1_000));

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static LoadResult loaded() {
    return new LoadResult.Loaded(
        new LoadedConfig(DaemonConfig.DEFAULT, List.of(), List.of(), List.of(), ""),
        List.of(),
        List.of(),
        Sources.NONE);
  }

  private ReloadResult reload() throws Exception {
    return reloader.reload("test").await(10, TimeUnit.SECONDS);
  }

  @Test
  void aBugInTheGraph_isARefusal_andTheNextReloadRuns() throws Exception {
    graph.add(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    graph.add(() -> Future.failedFuture(new IllegalStateException("later, on purpose")));
    graph.add(() -> Future.succeededFuture(FINE));

    assertThat(reload()).isInstanceOf(ReloadResult.Refused.class);
    assertThat(reload()).isInstanceOf(ReloadResult.Refused.class);
    assertThat(reload()).isEqualTo(FINE);
  }

  @Test
  @SuppressWarnings("NullAway") // a bug on purpose
  void whatCannotEvenBeLogged_doesNotKeepTheNextReloadFromRunning() throws Exception {
    graph.add(() -> Future.succeededFuture(new ReloadResult.Reloaded(null, List.of())));
    graph.add(() -> Future.succeededFuture(FINE));

    reload();

    assertThat(reload()).isEqualTo(FINE);
    assertThat(reloader.idle()).isTrue();
  }
}
