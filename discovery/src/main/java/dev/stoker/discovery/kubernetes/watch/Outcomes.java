package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.discovery.kubernetes.api.ApiFailure;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How lists and watches have gone lately: what the next failure means, and how long to wait after
 * it, depends on that.
 */
final class Outcomes {
  /**
   * Of watches that hung one after the other, after which it is no sign any more that one lasts.
   */
  private static final int MANY_HANGS = 2;

  private static final int MANY_SHORT = 3;
  private static final long FIRST_BACKOFF_MILLIS = 400;
  private static final long MOST_BACKOFF_MILLIS = 8_000;

  /** A rotated token is read again after a second. */
  private static final long NEW_TOKEN_MILLIS = 1_200;

  private final ApiWords words;
  private int failures;
  private int shorts;
  private int gone;

  /** Watches that hung after their head, since one has brought something or ended in order. */
  private int hangs;

  /** No watch has been in order since one failed. */
  private boolean watchFails;

  /** What is wrong with watches, until one is in order: that one is answered proves nothing. */
  private String watchProblem = "";

  Outcomes(ApiWords words) {
    this.words = words;
  }

  /** "" = nothing. */
  String watchProblem() {
    return watchProblem;
  }

  boolean watchesHang() {
    return hangs >= MANY_HANGS;
  }

  /** After a failed watch, a watch has to work first: where only lists do, this would be a loop. */
  void listed() {
    if (!watchFails) {
      failures = 0;
    }
  }

  /** A watch has brought something, or ended in order. */
  void watchDoesNotHang() {
    hangs = 0;
  }

  /**
   * A watch has lasted, or brought something: what was wrong with those before it is over.
   *
   * @return whether that is news
   */
  boolean watchWorks() {
    failures = 0;
    gone = 0;
    shorts = 0;
    watchFails = false;
    boolean news = !watchProblem.isEmpty();
    watchProblem = "";
    return news;
  }

  /** A connection broke, which is no news. */
  void failed() {
    failures++;
  }

  /**
   * @return what to tell of it; "" = it is in order
   */
  String failed(String verb, ApiFailure failure) {
    boolean watch = verb.equals(Reflector.WATCH);
    failures++;
    watchFails |= watch;
    if (isInOrder(failure)) {
      return "";
    }
    String what = words.of(verb, failure);
    watchProblem = watch ? what : watchProblem;
    return what;
  }

  /**
   * @param time that all pages of a list may take
   * @return what to tell of it
   */
  String listTrickled(Duration time) {
    failures++;
    return words.trickles(Reflector.LIST, time);
  }

  /**
   * @param answered it hung after its head
   * @param silent how long nothing had come in; null = something did all the time
   * @return what to tell of it
   */
  String hung(String verb, boolean answered, @Nullable Duration silent) {
    failures++;
    String what =
        silent == null
            ? words.trickles(verb, RunningCall.WHOLE)
            : words.silent(verb, silent.toMillis(), answered);
    if (verb.equals(Reflector.WATCH)) {
      watchFails = true;
      hangs += answered ? 1 : 0;
      watchProblem = what;
    }
    return what;
  }

  /**
   * @return whether there were many of these, one after the other
   */
  boolean watchWasShort() {
    shorts++;
    boolean many = shorts >= MANY_SHORT;
    watchProblem = many ? words.endsAtOnce() : watchProblem;
    return many;
  }

  /** A connection that breaks once is no news. */
  boolean isFirstBreak(ApiFailure failure) {
    return failures == 0 && failure.code() == 0;
  }

  /**
   * That a version grows too old is in order, and mended by a list; that of a list, at once, is
   * not.
   */
  private boolean isInOrder(ApiFailure failure) {
    return failure.code() == ApiFailure.GONE && gone++ < 2;
  }

  long pauseAfterShort() {
    return backoff(shorts);
  }

  long pause() {
    return backoff(failures);
  }

  long pauseAfterBreak() {
    return backoff(1);
  }

  /** At least what the API server asks for. */
  long pauseAfter(ApiFailure failure) {
    long wait = backoff(failures);
    if (failure.code() == ApiFailure.UNAUTHORIZED) {
      wait = Math.max(wait, NEW_TOKEN_MILLIS);
    }
    Duration asked = failure.retryAfter();
    return Math.max(
        wait, asked.toMillis() + ThreadLocalRandom.current().nextLong(asked.toMillis() / 10 + 1));
  }

  /** Doubles from failure to failure, with a jitter of a half. */
  private static long backoff(int failures) {
    int doublings = Math.min(Math.max(failures - 1, 0), 10);
    long most = Math.min(FIRST_BACKOFF_MILLIS << doublings, MOST_BACKOFF_MILLIS);
    return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
  }
}
