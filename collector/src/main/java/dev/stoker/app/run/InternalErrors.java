package dev.stoker.app.run;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last resort for what handlers throw: it is logged and counted, where Vert.x alone may drop
 * it. Components catch what they can name themselves; what arrives here is known to no component.
 */
final class InternalErrors implements Handler<Throwable> {
  private static final Logger log = LoggerFactory.getLogger(InternalErrors.class);

  private final Counter counter;

  InternalErrors(MeterRegistry registry) {
    this.counter =
        Counter.builder("stoker.internal.errors")
            .description("Errors of Stoker's own that no component has caught; each is a bug")
            .register(registry);
  }

  void watch(Vertx vertx, Context control) {
    vertx.exceptionHandler(this);
    control.exceptionHandler(this);
  }

  @Override
  public void handle(Throwable thrown) {
    if (thrown instanceof IOException || thrown instanceof VertxException) {
      // A peer's connection has ended where nobody waited for it any more.
      log.atDebug().addKeyValue("error", thrown.toString()).log("a connection ended");
      return;
    }
    counter.increment();
    log.error("internal error that no component has caught; please report it", thrown);
  }
}
