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
 * without a list: a watch that has not ended by then hangs, however quiet it should be. Control
 * context only.
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

  /** Watches that last less, and bring nothing, are too short to be in order. */
  private static final Duration SHORT = Duration.ofSeconds(5);

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
  private final ApiWords words;
  private final RequestPaths paths;
  private final RunningCall running;
  private final Outcomes outcomes = new Outcomes();

  private ListRound round;
  private String version = "";
  private boolean again;
  private boolean stopped;

  private Timers.Cancellable pause = () -> {};
  private Timers.Cancellable proof = () -> {};
  private boolean pausing;

  /** A list is at work that has told nothing yet. */
  private boolean untold;

  Reflector(KindWatch.Key key, ApiClient api, Timers timers, Listener listener) {
    this.key = key;
    this.api = api;
    this.timers = timers;
    this.listener = listener;
    this.words = new ApiWords(key);
    this.paths = new RequestPaths(key);
    this.running = new RunningCall(timers);
    this.round = new ListRound(timers.nanoTime());
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
    again = true;
    version = "";
    if (!pausing && !untold) {
      over();
      next();
    }
  }

  private void next() {
    if (again || version.isEmpty()) {
      list("", "");
    } else {
      watch();
    }
  }

  /**
   * @param from "" = the first page
   * @param first version of the first page
   */
  private void list(String from, String first) {
    if (from.isEmpty()) {
      round = new ListRound(timers.nanoTime());
      untold = true;
    } else if (timers.nanoTime() - round.beganNanos() >= ALL_PAGES.toNanos()) {
      outcomes.failed();
      listener.problem(words.trickles(LIST, ALL_PAGES));
      pause(outcomes.pause());
      return;
    }
    ask(paths.list(from, again), LIST, new Listing(first));
  }

  private void watch() {
    int seconds = WATCH_SECONDS - ThreadLocalRandom.current().nextInt(WATCH_JITTER + 1);
    ask(paths.watch(version, seconds), WATCH, new Watching(GRACE.plusSeconds(seconds)));
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
    String what =
        silent == null
            ? words.trickles(verb, RunningCall.WHOLE)
            : words.silent(verb, silent.toMillis(), answered);
    if (verb.equals(WATCH)) {
      outcomes.watchHung(answered, what);
    } else {
      outcomes.failed();
    }
    listener.problem(what);
    pause(outcomes.pauseAfterBreak());
  }

  /** No word of the call that was at work comes any more. */
  private void over() {
    proof.cancel();
    untold = false;
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
    private final String first;

    Listing(String first) {
      this.first = first;
    }

    @Override
    public void answered() {
      running.heard(HEAD);
    }

    @Override
    public void told(List<Told> told) {
      running.heard(HEAD);
      untold = false;
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
      String of = first.isEmpty() ? page.version() : first;
      if (page.next().isEmpty()) {
        whole(of);
      } else {
        list(page.next(), of);
      }
    }
  }

  private void whole(String of) {
    version = of;
    again = false;
    listener.listed(round.keys(), round.nameless());
    round = new ListRound(timers.nanoTime());
    outcomes.listed();
    listener.problem(outcomes.watchProblem());
    watch();
  }

  /** One watch. */
  private final class Watching implements ApiCall.Listener {
    private final Duration silence;
    private long answeredNanos = timers.nanoTime();
    private boolean answered;
    private boolean any;

    Watching(Duration silence) {
      this.silence = silence;
    }

    @Override
    public void answered() {
      answered = true;
      answeredNanos = timers.nanoTime();
      running.heard(silence);
      listener.problem(outcomes.watchProblem());
      if (!outcomes.watchesHang()) {
        proof = timers.after(SHORT.toMillis(), Reflector.this::watchWorks);
      }
    }

    @Override
    public void told(List<Told> told) {
      running.heard(silence);
      List<Told> changes = new ArrayList<>(told.size());
      for (Told one : told) {
        if (one instanceof Told.Refused refused) {
          listener.told(changes);
          over();
          again |= refused.failure().code() != ApiFailure.TOO_MANY;
          failed(WATCH, refused.failure());
          return;
        }
        if (!any) {
          any = true;
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
      Duration lasted = Duration.ofNanos(timers.nanoTime() - answeredNanos);
      boolean inOrder = answered && (any || lasted.compareTo(SHORT) >= 0);
      if (inOrder) {
        outcomes.watchDoesNotHang();
        watchWorks();
      }
      if (failure != null) {
        again |= failure.isBeyondMending();
        broken(failure);
      } else if (inOrder) {
        pause(Math.max(0, 1_000 - lasted.toMillis()));
      } else {
        if (outcomes.watchWasShort(words.endsAtOnce())) {
          listener.problem(outcomes.watchProblem());
        }
        pause(outcomes.pauseAfterShort());
      }
    }

    /** A connection that breaks once is no news: the next watch goes on where this one was. */
    private void broken(ApiFailure failure) {
      if (answered && outcomes.isFirstBreak(failure)) {
        outcomes.failed();
        pause(outcomes.pauseAfterBreak());
      } else {
        failed(WATCH, failure);
      }
    }
  }

  /** A watch has lasted, or brought something: what was wrong with those before it is over. */
  private void watchWorks() {
    proof.cancel();
    if (outcomes.watchWorks()) {
      listener.problem("");
    }
  }

  private void failed(String verb, ApiFailure failure) {
    if (stopped) {
      return;
    }
    if (verb.equals(WATCH)) {
      outcomes.watchFailed();
    } else {
      outcomes.failed();
    }
    if (!outcomes.isInOrder(failure)) {
      String what = words.of(verb, failure);
      if (verb.equals(WATCH)) {
        outcomes.watchProblem(what);
      }
      listener.problem(what);
    }
    pause(outcomes.pauseAfter(failure));
  }
}
