package dev.stoker.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.VertxTimers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every discovery mechanism promises, whatever its source is. Each mechanism has a test class
 * that extends this one and says how its source is made to work and to fail.
 */
public abstract class DiscovererContract {
  /** How often a mechanism that polls has to look. */
  protected static final Duration SOON = Duration.ofMillis(50);

  /** Threads of Vert.x and of the fakes; they are not the mechanism's. */
  private static final Pattern OTHERS =
      Pattern.compile(
          "(vert\\.x-|vertx-|netty|MockWebServer|OkHttp|fake-|junit-|awaitility|Okio).*");

  /** Words of a program, not of people. */
  private static final Pattern NO_WORDS =
      Pattern.compile("\\bnull\\b|Exception\\b|internal error|@[0-9a-f]{5,}");

  protected final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  protected final Context context = vertx.getOrCreateContext();
  protected final VertxTimers timers = new VertxTimers(vertx, context);

  /** A new discoverer of the one source; called on the control context. */
  protected abstract Discoverer discoverer();

  /** The source works, and has so many targets. */
  protected abstract void works(int targets) throws Exception;

  /** The source is there no more, or answers nonsense. */
  protected abstract void fails() throws Exception;

  @AfterEach
  final void closeVertx() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  final void targets_followTheSource() throws Exception {
    works(2);
    TargetGraph graph = started();
    untilTargets(graph, 2);

    works(3);
    untilTargets(graph, 3);
    works(1);
    untilTargets(graph, 1);
    assertThat(health(graph).state()).isEqualTo(ComponentHealth.State.HEALTHY);
  }

  @Test
  final void aFailure_isSaidInWords_keepsTheTargets_andIsOverWhenTheSourceWorks() throws Exception {
    works(2);
    TargetGraph graph = started();
    untilTargets(graph, 2);

    fails();
    untilFailed(graph);
    assertThat(targets(graph)).isEqualTo(2);
    works(3);
    untilTargets(graph, 3);
    untilHealthy(graph);
  }

  @Test
  final void aFailureFromTheStart_isSaidInWords_andIsOverWhenTheSourceWorks() throws Exception {
    fails();
    TargetGraph graph = started();

    untilFailed(graph);
    assertThat(targets(graph)).isZero();
    works(1);
    untilTargets(graph, 1);
    untilHealthy(graph);
  }

  @Test
  final void aSuccessorWithAnotherConfig_hasTheTargets_beforeItsSourceHasAnswered()
      throws Exception {
    works(2);
    TargetGraph before = started();
    untilTargets(before, 2);
    fails();
    TargetGraph after = graph();

    Future<Void> stopped = on(() -> after.startAfter(before));

    assertThat(targets(after)).isEqualTo(2);
    stopped.await(20, TimeUnit.SECONDS);
    untilFailed(after);
    assertThat(targets(after)).isEqualTo(2);
    works(1);
    untilTargets(after, 1);
  }

  @Test
  final void stop_isIdempotent_alsoBeforeAStart() throws Exception {
    works(1);
    Discoverer never = on(this::discoverer);
    on(never::stop).await(20, TimeUnit.SECONDS);
    Discoverer discoverer = on(this::discoverer);
    AtomicInteger calls = new AtomicInteger();
    start(discoverer, calls);
    await().until(() -> calls.get() > 0);

    on(discoverer::stop).await(20, TimeUnit.SECONDS);
    on(discoverer::stop).await(20, TimeUnit.SECONDS);
  }

  @Test
  final void whoHasStopped_callsNobody() throws Exception {
    works(1);
    AtomicInteger calls = new AtomicInteger();
    Discoverer running = on(this::discoverer);
    start(running, calls);
    await().until(() -> calls.get() > 0);
    AtomicInteger callsAtOnce = new AtomicInteger();
    Discoverer stoppedAtOnce = on(this::discoverer);

    on(running::stop).await(20, TimeUnit.SECONDS);
    int heard = calls.get();
    Future<Void> stopped =
        on(
            () -> {
              stoppedAtOnce.start(listener(callsAtOnce));
              return stoppedAtOnce.stop();
            });
    int heardAtOnce = callsAtOnce.get();
    stopped.await(20, TimeUnit.SECONDS);

    TargetGraph other = started();
    untilTargets(other, 1);
    works(4);
    untilTargets(other, 4);
    fails();
    untilFailed(other);
    assertThat(calls).hasValue(heard);
    assertThat(callsAtOnce).hasValue(heardAtOnce);
  }

  @Test
  final void whoHasStopped_leavesNoThread() throws Exception {
    works(2);
    Set<Thread> before = threads();
    AtomicInteger calls = new AtomicInteger();
    Discoverer discoverer = on(this::discoverer);
    start(discoverer, calls);
    await().until(() -> calls.get() > 0);

    on(discoverer::stop).await(20, TimeUnit.SECONDS);

    // The scheduler that fabric8's clients share gives its one thread up between 10 and 20 seconds
    // after its last task: every 10 seconds it looks whether there is another one.
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              // Before JDK 21 a client of java.net.http has no end but this one.
              System.gc();
              Set<Thread> left = threads();
              left.removeAll(before);
              assertThat(left).isEmpty();
            });
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !OTHERS.matcher(thread.getName()).matches())
        .filter(thread -> !"InnocuousThreadGroup".equals(group(thread)))
        .collect(Collectors.toSet());
  }

  private static String group(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group == null ? "" : group.getName();
  }

  private TargetGraph graph() throws Exception {
    return on(
        () -> {
          TargetGraph graph = new TargetGraph(timers);
          graph.discover("discovery.test.t", discoverer());
          return graph;
        });
  }

  private TargetGraph started() throws Exception {
    TargetGraph graph = graph();
    on(
        () -> {
          graph.start();
          return graph;
        });
    return graph;
  }

  private void start(Discoverer discoverer, AtomicInteger calls) throws Exception {
    on(
        () -> {
          discoverer.start(listener(calls));
          return discoverer;
        });
  }

  /** Counts whatever it is told. */
  private static Discoverer.Listener listener(AtomicInteger calls) {
    return (Discoverer.Listener)
        Proxy.newProxyInstance(
            DiscovererContract.class.getClassLoader(),
            new Class<?>[] {Discoverer.Listener.class},
            (self, method, arguments) -> {
              calls.incrementAndGet();
              return null;
            });
  }

  private int targets(TargetGraph graph) throws Exception {
    return on(() -> graph.nodes().get(0).targets().size());
  }

  private ComponentHealth health(TargetGraph graph) throws Exception {
    return on(() -> graph.nodes().get(0).health());
  }

  /** A change that comes soon after another one waits for some seconds. */
  private void untilTargets(TargetGraph graph, int wanted) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(targets(graph)).isEqualTo(wanted));
  }

  private void untilHealthy(TargetGraph graph) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(health(graph).state()).isEqualTo(ComponentHealth.State.HEALTHY));
  }

  private void untilFailed(TargetGraph graph) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(health(graph).state()).isEqualTo(ComponentHealth.State.UNHEALTHY);
              assertThat(health(graph).message()).isNotBlank().doesNotContainPattern(NO_WORDS);
            });
  }

  /** Runs a step on the control context. */
  private <T> T on(Callable<T> step) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          try {
            done.complete(step.call());
          } catch (Exception | AssertionError e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(20, TimeUnit.SECONDS);
  }

  /** A list of one text for each of so many. */
  protected static List<String> each(int many, IntFunction<String> text) {
    List<String> all = new ArrayList<>();
    for (int i = 1; i <= many; i++) {
      all.add(text.apply(i));
    }
    return all;
  }
}
