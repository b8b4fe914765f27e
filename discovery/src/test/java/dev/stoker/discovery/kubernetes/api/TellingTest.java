package dev.stoker.discovery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is read goes to the control context at once after some quiet, and together in a storm. */
class TellingTest {
  private final ApiThreads threads = new ApiThreads();
  private final Queue<Runnable> control = new ArrayDeque<>();
  private final List<List<Told>> told = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    threads.close();
  }

  @Test
  void theFirstChange_isToldAtOnce_andThoseAfterItTogether() {
    Telling telling = new Telling(Duration.ofMillis(50), threads, Runnable::run, told::add);
    telling.add(List.of(bookmark(1)));
    assertThat(told).containsExactly(List.of(bookmark(1)));

    for (int i = 2; i < 40; i++) {
      telling.add(List.of(bookmark(i)));
    }
    await().until(() -> told.stream().mapToInt(List::size).sum() == 39);
    assertThat(told).hasSizeLessThan(20);
    assertThat(told.stream().flatMap(List::stream).toList()).isEqualTo(bookmarks(39));
  }

  @Test
  void whatWaits_isToldBeforeTheEnd() {
    Telling telling = new Telling(Duration.ofDays(1), threads, Runnable::run, told::add);
    telling.add(List.of(bookmark(1)));
    telling.add(List.of(bookmark(2)));
    List<Integer> atEnd = new ArrayList<>();
    telling.thenOnControl(() -> atEnd.add(told.size()));

    assertThat(atEnd).containsExactly(2);
    assertThat(told).containsExactly(List.of(bookmark(1)), List.of(bookmark(2)));
  }

  @Test
  void aControlContextThatIsSlow_isWaitedFor() {
    Telling telling = new Telling(Duration.ZERO, threads, control::add, told::add);
    for (int i = 1; i <= 250; i++) {
      telling.add(List.of(bookmark(i)));
    }
    assertThat(telling.isFull()).isTrue();
    assertThat(control).as("one wake-up for all").hasSize(1);

    control.remove().run();
    assertThat(telling.isFull()).isFalse();
    assertThat(told).containsExactly(bookmarks(250));
  }

  private static Told bookmark(int version) {
    return new Told.Bookmark(Integer.toString(version));
  }

  private static List<Told> bookmarks(int last) {
    List<Told> all = new ArrayList<>();
    for (int i = 1; i <= last; i++) {
      all.add(bookmark(i));
    }
    return all;
  }
}
