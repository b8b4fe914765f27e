package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.kubernetes.api.ApiCall;
import dev.stoker.discovery.kubernetes.api.ApiClient;
import dev.stoker.discovery.kubernetes.api.ApiFailure;
import dev.stoker.discovery.kubernetes.api.Told;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
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

  /**
   * One request, however busy it is: an API server ends a list after a minute by itself (its
   * --request-timeout), and a watch when it is asked to. What goes on and on hangs as well.
   */
  static final Duration WHOLE = Duration.ofMinutes(2);

  /** A list with all its pages: an API server forgets after 5 to 10 minutes where a page ended. */
  static final Duration ALL_PAGES = Duration.ofMinutes(10);

  /** Lasts the head's time and a bit: the call is given up by this class and not by its client. */
  private static final Duration CLIENT = HEAD.plusSeconds(2);

  private static final int PAGE = 500;

  private static final long FIRST_BACKOFF_MILLIS = 400;
  private static final long MOST_BACKOFF_MILLIS = 8_000;

  /** A rotated token is read again after a second. */
  private static final long NEW_TOKEN_MILLIS = 1_200;

  /** Watches that last less, and bring nothing, are too short to be in order. */
  private static final Duration SHORT = Duration.ofSeconds(5);

  /**
   * Of watches that hung one after the other, after which it is no sign any more that one lasts.
   */
  private static final int MANY_HANGS = 2;

  private static final int MANY_SHORT = 3;

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

  private Set<String> listed = new HashSet<>();
  private int nameless;
  private String version = "";
  private boolean again;
  private int failures;
  private int shorts;
  private int gone;

  /** Watches that hung after their head, since one has brought something or ended in order. */
  private int hangs;

  /** No watch has been in order since one failed. */
  private boolean watchFails;

  /** What is wrong with watches, until one is in order: that one is answered proves nothing. */
  private String watchProblem = "";

  private boolean stopped;

  /** A list is at work that has told nothing yet. */
  private boolean untold;

  private @Nullable ApiCall call;
  private Timers.Cancellable deadline = () -> {};
  private Timers.Cancellable pause = () -> {};
  private Timers.Cancellable proof = () -> {};
  private boolean pausing;
  private Duration bound = HEAD;
  private long heardNanos;
  private long askedNanos;
  private long listedNanos;

  Reflector(KindWatch.Key key, ApiClient api, Timers timers, Listener listener) {
    this.key = key;
    this.api = api;
    this.timers = timers;
    this.listener = listener;
    this.words = new ApiWords(key);
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
      listed = new HashSet<>();
      nameless = 0;
      untold = true;
      listedNanos = timers.nanoTime();
    } else if (timers.nanoTime() - listedNanos >= ALL_PAGES.toNanos()) {
      failures++;
      listener.problem(words.trickles(LIST, ALL_PAGES));
      pause(backoff(failures));
      return;
    }
    ask(listPath(from), LIST, new Listing(first));
  }

  private void watch() {
    int seconds = WATCH_SECONDS - ThreadLocalRandom.current().nextInt(WATCH_JITTER + 1);
    String query =
        "watch=1&allowWatchBookmarks=true&timeoutSeconds="
            + seconds
            + "&resourceVersion="
            + encoded(version);
    ask(path(query), WATCH, new Watching(GRACE.plusSeconds(seconds)));
  }

  /** What is on one node, an API server has at hand in its memory, where it knows no pages. */
  private String listPath(String from) {
    if (Selectors.isOfOneNode(key.selector().field())) {
      return path(again ? "" : "resourceVersion=0");
    }
    return path("limit=" + PAGE + (from.isEmpty() ? "" : "&continue=" + encoded(from)));
  }

  private String path(String query) {
    StringBuilder path = new StringBuilder(key.kind().path(encoded(key.namespace())));
    path.append('?').append(query);
    if (!key.selector().label().isEmpty()) {
      path.append("&labelSelector=").append(encoded(key.selector().label()));
    }
    if (!key.selector().field().isEmpty()) {
      path.append("&fieldSelector=").append(encoded(Selectors.field(key.selector().field())));
    }
    return path.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void ask(String path, String verb, ApiCall.Listener answer) {
    if (stopped) {
      return;
    }
    bound = HEAD;
    askedNanos = timers.nanoTime();
    heardNanos = askedNanos;
    call = api.get(path, key.kind(), verb.equals(WATCH), CLIENT.toMillis(), answer);
    deadline = timers.after(HEAD.toMillis(), () -> look(verb));
  }

  private void heard(Duration until) {
    bound = until;
    heardNanos = timers.nanoTime();
  }

  /** The deadline is only looked at when it may be over: most of the time much comes in. */
  private void look(String verb) {
    ApiCall running = call;
    if (running == null) {
      return;
    }
    if (running.received()) {
      heardNanos = timers.nanoTime();
    }
    long now = timers.nanoTime();
    long silence = heardNanos + bound.toNanos() - now;
    long whole = askedNanos + WHOLE.toNanos() - now;
    long left = Math.min(silence, whole);
    if (left > 0) {
      deadline = timers.after(left / 1_000_000 + 1, () -> look(verb));
      return;
    }
    boolean answered = running.isAnswered();
    over();
    failures++;
    String silent =
        silence > 0 ? words.trickles(verb, WHOLE) : words.silent(verb, bound.toMillis(), answered);
    if (verb.equals(WATCH)) {
      hangs += answered ? 1 : 0;
      watchFails = true;
      watchProblem = silent;
    }
    listener.problem(silent);
    pause(backoff(1));
  }

  /** No word of the call that was at work comes any more. */
  private void over() {
    deadline.cancel();
    proof.cancel();
    untold = false;
    ApiCall running = call;
    call = null;
    if (running != null) {
      running.cancel();
    }
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
    private Told.@Nullable PageEnd end;

    Listing(String first) {
      this.first = first;
    }

    @Override
    public void answered() {
      heard(HEAD);
    }

    @Override
    public void told(List<Told> told) {
      heard(HEAD);
      untold = false;
      List<Told> named = new ArrayList<>(told.size());
      for (Told one : told) {
        if (one instanceof Told.There there) {
          listed.add(ObjectKey.of(there.object().getMetadata()));
          named.add(one);
        } else if (one instanceof Told.Odd odd && odd.key().isEmpty()) {
          nameless++;
        } else if (one instanceof Told.Odd odd) {
          listed.add(odd.key());
          named.add(one);
        } else if (one instanceof Told.PageEnd page) {
          end = page;
        }
      }
      listener.told(named);
    }

    @Override
    public void ended(@Nullable ApiFailure failure) {
      over();
      Told.PageEnd page = end;
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
    Set<String> keys = listed;
    listed = new HashSet<>();
    listener.listed(keys, nameless);
    // After a failed watch, a watch has to work first: where only lists do, this would be a loop.
    if (!watchFails) {
      failures = 0;
    }
    listener.problem(watchProblem);
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
      heard(silence);
      listener.problem(watchProblem);
      if (hangs < MANY_HANGS) {
        proof = timers.after(SHORT.toMillis(), Reflector.this::watchWorks);
      }
    }

    @Override
    public void told(List<Told> told) {
      heard(silence);
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
          hangs = 0;
          watchWorks();
        }
        version(one);
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
        hangs = 0;
        watchWorks();
      }
      if (failure != null) {
        again |= isBeyondMending(failure.code());
        broken(failure);
      } else if (inOrder) {
        pause(Math.max(0, 1_000 - lasted.toMillis()));
      } else {
        shorts++;
        if (shorts >= MANY_SHORT) {
          watchProblem = words.endsAtOnce();
          listener.problem(watchProblem);
        }
        pause(backoff(shorts));
      }
    }

    /** A connection that breaks once is no news: the next watch goes on where this one was. */
    private void broken(ApiFailure failure) {
      if (answered && failures == 0 && failure.code() == 0) {
        failures++;
        pause(backoff(1));
      } else {
        failed(WATCH, failure);
      }
    }
  }

  /** A watch has lasted, or brought something: what was wrong with those before it is over. */
  private void watchWorks() {
    proof.cancel();
    failures = 0;
    gone = 0;
    shorts = 0;
    watchFails = false;
    if (!watchProblem.isEmpty()) {
      watchProblem = "";
      listener.problem("");
    }
  }

  /** The very same watch would be refused for ever. */
  private static boolean isBeyondMending(int code) {
    return code >= 400
        && code < 500
        && code != ApiFailure.UNAUTHORIZED
        && code != ApiFailure.FORBIDDEN
        && code != ApiFailure.TOO_MANY;
  }

  private void version(Told told) {
    String newer = "";
    if (told instanceof Told.There there) {
      newer = there.version();
    } else if (told instanceof Told.Odd odd) {
      newer = odd.version();
    } else if (told instanceof Told.Gone gone) {
      newer = gone.version();
    } else if (told instanceof Told.Bookmark bookmark) {
      newer = bookmark.version();
    }
    version = newer.isEmpty() ? version : newer;
  }

  private void failed(String verb, ApiFailure failure) {
    if (stopped) {
      return;
    }
    failures++;
    watchFails |= verb.equals(WATCH);
    // That a version grows too old is in order, and mended by a list; that of a list, at once, is
    // not.
    boolean inOrder = failure.code() == ApiFailure.GONE && gone++ < 2;
    if (!inOrder) {
      String what = words.of(verb, failure);
      watchProblem = verb.equals(WATCH) ? what : watchProblem;
      listener.problem(what);
    }
    long wait = backoff(failures);
    if (failure.code() == ApiFailure.UNAUTHORIZED) {
      wait = Math.max(wait, NEW_TOKEN_MILLIS);
    }
    long asked = failure.retryAfter().toMillis();
    pause(Math.max(wait, asked + ThreadLocalRandom.current().nextLong(asked / 10 + 1)));
  }

  /** Doubles from failure to failure, with a jitter of a half. */
  private static long backoff(int failures) {
    int doublings = Math.min(Math.max(failures - 1, 0), 10);
    long most = Math.min(FIRST_BACKOFF_MILLIS << doublings, MOST_BACKOFF_MILLIS);
    return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
  }
}
