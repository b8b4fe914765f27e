package dev.stoker.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class RetiredComponentsTest {
  private final ManualTimers timers = new ManualTimers(0);
  private final RetiredComponents leaving = new RetiredComponents(timers);

  @Test
  void nothingLeaves_nothingIsWaitedFor() {
    assertThat(leaving.left().isComplete()).isTrue();
    assertThat(leaving.all().isComplete()).isTrue();
  }

  @Test
  void theNextReload_waitsForWhatLeaves() {
    Promise<Void> closing = Promise.promise();
    leaving.add(closing.future());
    Future<Void> left = leaving.left();
    assertThat(left.isComplete()).isFalse();

    closing.fail("closed badly, but closed");

    assertThat(left.succeeded()).isTrue();
  }

  @Test
  void whatHangs_isWaitedForOnce_andStillKnown() {
    Promise<Void> hanging = Promise.promise();
    leaving.add(hanging.future());
    Future<Void> left = leaving.left();

    timers.advance(RetiredComponents.PATIENCE_MILLIS);

    assertThat(left.succeeded()).isTrue();
    leaving.add(Future.succeededFuture());
    assertThat(leaving.left().isComplete()).isTrue();
    assertThat(leaving.all().isComplete()).isFalse();
    hanging.complete();
    assertThat(leaving.all().isComplete()).isTrue();
  }
}
