package dev.stoker.scrape.source;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Requests that give back what a scrape has left in a target. They go on when the scrape has ended,
 * each for a bounded time; what they do not manage is swept later. Owned by the control context.
 */
public final class Cleanups {
  private static final long MAX_MILLIS = 5_000;

  private final Timers timers;
  private final Map<String, List<Future<?>>> running = new HashMap<>();

  public Cleanups(Timers timers) {
    this.timers = timers;
  }

  /**
   * @param key of the target
   * @return the answer; fails as the call does
   */
  public Future<TargetCalls.Answer> add(String key, Call call) {
    Timers.Cancellable late = timers.after(MAX_MILLIS, call::cancel);
    Future<TargetCalls.Answer> answer = call.answer();
    running.computeIfAbsent(key, ignored -> new ArrayList<>()).add(answer);
    answer.onComplete(
        ignored -> {
          late.cancel();
          List<Future<?>> rest = running.get(key);
          if (rest != null) {
            rest.removeIf(Future::isComplete);
            if (rest.isEmpty()) {
              running.remove(key);
            }
          }
        });
    return answer;
  }

  /** Completes when those of this target, and what they lead to, have ended; never fails. */
  public Future<Void> done(String key) {
    List<Future<?>> pending = List.copyOf(running.getOrDefault(key, List.of()));
    return pending.isEmpty()
        ? Future.succeededFuture()
        : Future.join(pending).transform(ignored -> done(key));
  }
}
