package dev.stoker.selfprofile;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * <code>/debug/pprof/*</code>: with <code>seconds=N</code> what happens in the next N seconds,
 * without it all since the first request (for a CPU profile: 30 seconds), as Go's net/http/pprof
 * does. Runs on the control context; readings run on worker threads.
 */
public final class ProfilerRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ProfilerRoutes.class);

  /** As Go's net/http/pprof when a CPU profile names no length. */
  private static final int DEFAULT_CPU_SECONDS = 30;

  private static final int MAX_SECONDS = 300;
  private static final int MAX_RUNNING = 16;
  private static final long IDLE_CHECK_MILLIS = 10_000;
  private static final Pattern POSITIVE = Pattern.compile("0*[1-9]\\d{0,4}");

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
    Optional<GoProfile> known = GoProfile.named(context.pathParam("name"));
    if (known.isEmpty()) {
      text(context, 404, "Unknown profile; this JVM answers " + names() + "\n");
      return;
    }
    String asked = context.request().getParam("seconds", "");
    if (!asked.isEmpty() && !POSITIVE.matcher(asked).matches()) {
      text(context, 400, "invalid value for \"seconds\" - must be a positive integer\n");
      return;
    }
    int seconds = seconds(known.get(), asked);
    if (seconds > MAX_SECONDS) {
      text(context, 400, "seconds=" + seconds + " is too long; at most " + MAX_SECONDS + "\n");
    } else if (running >= MAX_RUNNING) {
      text(context, 503, "too many profiles at once; at most " + MAX_RUNNING + "\n");
    } else {
      running++;
      (seconds == 0 ? total(known.get()) : window(known.get(), seconds))
          .onComplete(ignored -> running--)
          .onSuccess(body -> answer(context, known.get(), body))
          .onFailure(failure -> failed(context, failure));
    }
  }

  private static int seconds(GoProfile profile, String asked) {
    if (!asked.isEmpty()) {
      return Integer.parseInt(asked);
    }
    return profile == GoProfile.PROFILE ? DEFAULT_CPU_SECONDS : 0;
  }

  private Future<byte[]> total(GoProfile profile) {
    return vertx.executeBlocking(() -> profile.encode(null, profiler.read(Duration.ZERO)), false);
  }

  private Future<byte[]> window(GoProfile profile, int seconds) {
    return vertx
        .executeBlocking(() -> profiler.read(Duration.ofSeconds(seconds)), false)
        .compose(
            from -> {
              Promise<Void> over = Promise.promise();
              timers.after(seconds * 1000L, over::complete);
              return over.future()
                  .compose(
                      ignored ->
                          vertx.executeBlocking(
                              () -> profile.encode(from, profiler.read(Duration.ZERO)), false));
            });
  }

  private static void answer(RoutingContext context, GoProfile profile, byte[] body) {
    if (context.response().closed()) {
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader("Content-Disposition", "attachment; filename=\"" + profile.path() + "\"")
        // The body is gzip by itself: keep the server from packing it again.
        .putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY)
        .end(Buffer.buffer(body));
  }

  private static void failed(RoutingContext context, Throwable failure) {
    LOG.warn("cannot profile this JVM: {}", failure.toString());
    text(context, 500, "cannot profile this JVM: " + failure.getMessage() + "\n");
  }

  private static void index(RoutingContext context) {
    text(
        context,
        200,
        "Profiles of this JVM, from its Flight Recorder, as pprof: "
            + names()
            + ".\n?seconds=N: what happens in the next N seconds. Without it: all since the first"
            + " request; a CPU profile takes "
            + DEFAULT_CPU_SECONDS
            + " seconds.\n");
  }

  private static String names() {
    StringBuilder names = new StringBuilder();
    for (GoProfile profile : GoProfile.values()) {
      names.append(names.length() == 0 ? "" : ", ").append("/debug/pprof/").append(profile.path());
    }
    return names.toString();
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
