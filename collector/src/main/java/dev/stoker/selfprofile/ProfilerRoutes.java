package dev.stoker.selfprofile;

import dev.stoker.concurrent.Timers;
import dev.stoker.jvmprofile.JvmProfiler;
import dev.stoker.jvmprofile.ProfileQuery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * <code>/debug/pprof/*</code>, see {@link ProfileQuery}. Runs on the control context; readings run
 * on worker threads.
 */
public final class ProfilerRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ProfilerRoutes.class);

  private static final int MAX_RUNNING = 16;
  private static final long IDLE_CHECK_MILLIS = 10_000;

  private final Vertx vertx;
  private final Timers timers;
  private final JvmProfiler profiler;
  private int running;
  private boolean closed;

  public ProfilerRoutes(Vertx vertx, Timers timers, JvmProfiler profiler) {
    this.vertx = vertx;
    this.timers = timers;
    this.profiler = profiler;
  }

  public void mount(Router router) {
    router.get("/debug/pprof").handler(ProfilerRoutes::index);
    router.get("/debug/pprof/").handler(ProfilerRoutes::index);
    router.get("/debug/pprof/:name").handler(this::profile);
    checkIdle();
  }

  /** Ends the recording. */
  public Future<Void> stop() {
    closed = true;
    return vertx.<Void>executeBlocking(
        () -> {
          profiler.close();
          return null;
        },
        false);
  }

  private void checkIdle() {
    timers.after(
        IDLE_CHECK_MILLIS,
        () -> {
          if (!closed) {
            vertx.executeBlocking(
                () -> {
                  profiler.stopIfIdle();
                  return null;
                },
                false);
            checkIdle();
          }
        });
  }

  private void profile(RoutingContext context) {
    ProfileQuery query;
    try {
      query =
          ProfileQuery.profile(
              context.pathParam("name"), context.request().getParam("seconds", ""));
    } catch (ProfileQuery.Refused refused) {
      text(context, refused.status(), refused.text());
      return;
    }
    if (running >= MAX_RUNNING) {
      text(context, 503, "too many profiles at once; at most " + MAX_RUNNING + "\n");
      return;
    }
    running++;
    body(query)
        .onComplete(ignored -> running--)
        .onSuccess(body -> answer(context, query, body))
        .onFailure(failure -> failed(context, failure));
  }

  private Future<byte[]> body(ProfileQuery query) {
    return vertx
        .executeBlocking(() -> query.begin(profiler), false)
        .compose(
            window ->
                over(query.seconds())
                    .compose(ignored -> vertx.executeBlocking(window::end, false)));
  }

  private Future<Void> over(int seconds) {
    Promise<Void> over = Promise.promise();
    if (seconds == 0) {
      over.complete();
    } else {
      timers.after(seconds * 1000L, over::complete);
    }
    return over.future();
  }

  private static void answer(RoutingContext context, ProfileQuery query, byte[] body) {
    if (context.response().closed()) {
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader("Content-Disposition", "attachment; filename=\"" + query.fileName() + "\"")
        // The body is gzip by itself: keep the server from packing it again.
        .putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY)
        .end(Buffer.buffer(body));
  }

  private static void failed(RoutingContext context, Throwable failure) {
    LOG.warn("cannot profile this JVM: {}", failure.toString());
    text(context, 500, "cannot profile this JVM: " + failure.getMessage() + "\n");
  }

  private static void index(RoutingContext context) {
    text(context, 200, ProfileQuery.help());
  }

  private static void text(RoutingContext context, int status, String text) {
    if (!context.response().closed()) {
      context
          .response()
          .setStatusCode(status)
          .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
          .end(text);
    }
  }
}
