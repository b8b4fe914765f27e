package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.kubernetes.api.ApiCall;
import dev.stoker.discovery.kubernetes.api.ApiClient;
import dev.stoker.discovery.kubernetes.api.ApiFailure;
import dev.stoker.discovery.kubernetes.api.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up with the objects of one kind: lists them once, then watches from the version of the
 * list. A watch is asked to end after half a minute, and the next one goes on from the last version
 * without a list: a watch that has not ended by then hangs, however quiet it should be.
 */
final class Reflector {
  static final String LIST = "list";
  static final String WATCH = "watch";

  /** What a watch is asked to last at most; some seconds less, so that not all end at once. */
  static final int WATCH_SECONDS = 30;

  static final int WATCH_JITTER = 3;

  /** A watch that is as much over its time, with nothing coming in, hangs. */
  static final Duration GRACE = Duration.ofSeconds(8);

  /** An answer must begin by then; an API server that is busy lets requests wait for 15 s. */
  static final Duration HEAD = Duration.ofSeconds(20);

  /** A list with all its pages: an API server forgets after 5 to 10 minutes where a page ended. */
  static final Duration ALL_PAGES = Duration.ofMinutes(10);

  /** Lasts the head's time and a bit: the call is given up by this class and not by its client. */
  private static final Duration CLIENT = HEAD.plusSeconds(2);

  /** Told on the control context. */
  interface Listener {
    void told(List<Told> told);

    /**
     * All objects have been told, and there are no others.
     *
     * @param nameless those that have not even a name, and were not told
     */
    void listed(Set<String> keys, int nameless);

    /**
     * @param message "" = none any more
     */
    void problem(String message);
  }

  private final KindWatch.Key key;
  private final ApiClient api;
  private final Timers timers;
  private final Listener listener;
  private final RequestPaths paths;
  private final RunningCall running;
  private final Outcomes outcomes;

  private ListRound round;
  private WatchRun watched;
  private String version = "";
  private boolean again;
  private boolean stopped;

  private Timers.Cancellable pause = () -> {};
  private boolean pausing;

  Reflector(KindWatch.Key key, ApiClient api, Timers timers, Listener listener) {
    this.key = key;
    this.api = api;
    this.timers = timers;
    this.listener = listener;
    this.outcomes = new Outcomes(new ApiWords(key));
    this.paths = new RequestPaths(key);
    this.running = new RunningCall(timers);
    this.round = new ListRound(timers.nanoTime());
    this.watched = new WatchRun(timers, Duration.ZERO);
  }

  void start() {
    next();
  }

  void stop() {
    stopped = true;
    pause.cancel();
    over();
  }

  /**
   * Lists all once more: at once, but never before a pause is over that a failure or the API server
   * itself has asked for.
   */
  void again() {
    boolean listing = running.isAtWork() && (again || version.isEmpty());
    again = true;
    version = "";
    if (!pausing && !(listing && round.hasToldNothing())) {
      over();
      next();
    }
  }

  private void next() {
    if (again || version.isEmpty()) {
      round = new ListRound(timers.nanoTime());
      list("");
    } else {
      watch();
    }
  }

  /**
   * @param from "" = the first page
   */
  private void list(String from) {
    if (timers.nanoTime() - round.beganNanos() >= ALL_PAGES.toNanos()) {
      listener.problem(outcomes.listTrickled(ALL_PAGES));
      pause(outcomes.pause());
      return;
    }
    ask(paths.list(from, again), LIST, new Listing());
  }

  private void watch() {
    int seconds = WATCH_SECONDS - ThreadLocalRandom.current().nextInt(WATCH_JITTER + 1);
    watched = new WatchRun(timers, GRACE.plusSeconds(seconds));
    ask(paths.watch(version, seconds), WATCH, new Watching());
  }

  private void ask(String path, String verb, ApiCall.Listener answer) {
    if (stopped) {
      return;
    }
    running.begin(
        api.get(path, key.kind(), verb.equals(WATCH), CLIENT.toMillis(), answer),
        HEAD,
        (answered, silent) -> hung(verb, answered, silent));
  }

  private void hung(String verb, boolean answered, @Nullable Duration silent) {
    over();
    listener.problem(outcomes.hung(verb, answered, silent));
    pause(outcomes.pauseAfterBreak());
  }

  /** No word of the call that was at work comes any more. */
  private void over() {
    watched.settled();
    running.over();
  }

  private void pause(long millis) {
    pause.cancel();
    pausing = true;
    pause =
        timers.after(
            millis,
            () -> {
              pausing = false;
              next();
            });
  }

  /** One page of a list. */
  private final class Listing implements ApiCall.Listener {
    @Override
    public void answered() {
      running.heard(HEAD);
    }

    @Override
    public void told(List<Told> told) {
      running.heard(HEAD);
      listener.told(round.take(told));
    }

    @Override
    public void ended(@Nullable ApiFailure failure) {
      over();
      Told.PageEnd page = round.pageEnd();
      if (failure != null || page == null) {
        failed(LIST, failure == null ? ApiFailure.withoutAnswer("no list") : failure);
        return;
      }
      if (page.next().isEmpty()) {
        whole();
      } else {
        list(page.next());
      }
    }
  }

  private void whole() {
    version = round.version();
    again = false;
    listener.listed(round.keys(), round.nameless());
    round = new ListRound(timers.nanoTime());
    outcomes.listed();
    listener.problem(outcomes.watchProblem());
    watch();
  }

  /** One watch. */
  private final class Watching implements ApiCall.Listener {
    @Override
    public void answered() {
      watched.answered();
      running.heard(watched.silence());
      listener.problem(outcomes.watchProblem());
      if (!outcomes.watchesHang()) {
        watched.whenLasting(Reflector.this::watchWorks);
      }
    }

    @Override
    public void told(List<Told> told) {
      running.heard(watched.silence());
      List<Told> changes = new ArrayList<>(told.size());
      for (Told one : told) {
        if (one instanceof Told.Refused refused) {
          listener.told(changes);
          over();
          again |= refused.failure().code() != ApiFailure.TOO_MANY;
          failed(WATCH, refused.failure());
          return;
        }
        if (watched.brought()) {
          outcomes.watchDoesNotHang();
          watchWorks();
        }
        version = one.version().isEmpty() ? version : one.version();
        changes.add(one);
      }
      listener.told(changes);
    }

    @Override
    public void ended(@Nullable ApiFailure failure) {
      over();
      if (watched.isInOrder()) {
        outcomes.watchDoesNotHang();
        watchWorks();
      }
      if (failure != null) {
        again |= failure.isBeyondMending();
        broken(failure);
      } else if (watched.isInOrder()) {
        pause(Math.max(0, 1_000 - watched.lasted().toMillis()));
      } else {
        if (outcomes.watchWasShort()) {
          listener.problem(outcomes.watchProblem());
        }
        pause(outcomes.pauseAfterShort());
      }
    }

    /** A connection that breaks once is no news: the next watch goes on where this one was. */
    private void broken(ApiFailure failure) {
      if (watched.isAnswered() && outcomes.isFirstBreak(failure)) {
        outcomes.failed();
        pause(outcomes.pauseAfterBreak());
      } else {
        failed(WATCH, failure);
      }
    }
  }

  /** A watch has lasted, or brought something: what was wrong with those before it is over. */
  private void watchWorks() {
    watched.settled();
    if (outcomes.watchWorks()) {
      listener.problem("");
    }
  }

  private void failed(String verb, ApiFailure failure) {
    if (stopped) {
      return;
    }
    String problem = outcomes.failed(verb, failure);
    if (!problem.isEmpty()) {
      listener.problem(problem);
    }
    pause(outcomes.pauseAfter(failure));
  }
}
