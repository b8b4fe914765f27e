package dev.stoker.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.disk.QueueRoot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * One endpoint over real files by manual time: the test runs what the thread of files has to do,
 * and answers the pushes. A second harness on the same folder is the next run.
 */
final class QueueHarness implements Sender {
  static final long START = 1_800_000_000_000L;
  static final EndpointId ID = new EndpointId("write", "test", PyroscopeProtocol.INSTANCE);

  record Sent(OutgoingProfile push, Promise<SendResult> answer) {}

  final ManualTimers timers;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final List<Sent> tries = new ArrayList<>();
  final Endpoint endpoint;
  final QueueHome home;
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final DiskQueues queues;
  private int number;
  private int answered;
  boolean senderClosed;

  QueueHarness(Path storage, QueueConfig queue) {
    this(storage, queue, DiskFiles.REAL, new ManualTimers(START));
  }

  QueueHarness(Path storage, QueueConfig queue, DiskFiles files, ManualTimers timers) {
    this.timers = timers;
    QueueRoot root = new QueueRoot(storage);
    this.queues = new DiskQueues(root, files, work::add, Runnable::run);
    EndpointSettings config = config(queue).settings();
    this.home = queues.home("name\ntest", "test", "write");
    this.endpoint =
        new Endpoint(
            config,
            this,
            timers,
            new SplittableRandom(1),
            new EndpointAccounting(
                QueueHarness.ID, registry, new QueueGauges(registry, timers), new Verdicts()));
    queues.start();
    if (queue.disk().enabled()) {
      endpoint.attach(queues, home);
    }
    disk();
  }

  static EndpointConfig config(QueueConfig queue) {
    return new EndpointConfig(
        "test",
        URI.create("http://localhost:1"),
        Map.of(),
        Duration.ofSeconds(10),
        new EndpointConfig.Retry(Duration.ofMillis(500), Duration.ofMinutes(5), 3, true),
        false,
        queue,
        HttpClientConfig.DEFAULT);
  }

  /** Runs what the thread of files has to do. */
  void disk() {
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }

  /** Time passes, with the thread of files at work. */
  void pass(long millis) {
    for (long left = millis; left > 0; left -= 100) {
      timers.advance(Math.min(100, left));
      disk();
    }
  }

  boolean offer(int bytes) {
    return endpoint.offer(push(bytes));
  }

  void offer(int count, int bytes) {
    for (int i = 0; i < count; i++) {
      offer(bytes);
    }
  }

  OutgoingProfile push(int bytes) {
    Labels labels = Labels.of("__name__", "x", "n", Integer.toString(number));
    return OutgoingProfile.of(labels, new byte[bytes], timers.wallMillis() + number++);
  }

  @Override
  public Future<SendResult> send(OutgoingProfile push) {
    Promise<SendResult> promise = Promise.promise();
    tries.add(new Sent(push, promise));
    return promise.future();
  }

  @Override
  public Future<Void> close() {
    senderClosed = true;
    return Future.succeededFuture();
  }

  /** Answers every try that has none, and those made because of it. */
  void answerAll(SendResult result) {
    while (answered < tries.size()) {
      tries.get(answered++).answer().tryComplete(result);
      disk();
    }
  }

  /** Answers and lets time pass until nothing waits. */
  void drain(long atMostMillis) {
    for (long i = 0; i < atMostMillis && load() > 0; i += 100) {
      answerAll(new SendResult.Accepted());
      pass(100);
    }
    answerAll(new SendResult.Accepted());
    disk();
  }

  long load() {
    EndpointStatus.Load load = endpoint.status().load();
    return load.queued() + load.inFlight();
  }

  List<String> sentNumbers() {
    return tries.stream().map(sent -> sent.push().labels().get("n")).toList();
  }

  long dropped(DropReason reason) {
    return endpoint.status().dropped().getOrDefault(reason, 0L);
  }

  /** In good order, with what is left on disk. */
  void stop() {
    Future<Void> stopped = endpoint.stop(0);
    timers.advance(1);
    disk();
    assertThat(stopped.succeeded()).isTrue();
    queues.stop();
    disk();
  }

  /** Like kill -9: nothing more is written, and the lock is gone with the process. */
  void kill() {
    work.clear();
    home.root().close();
  }

  void identityHolds() {
    EndpointStatus status = endpoint.status();
    long dropped = status.dropped().values().stream().mapToLong(Long::longValue).sum();
    EndpointStatus.Load load = status.load();
    assertThat(status.counts().sent() + dropped + load.queued() + load.inFlight())
        .isEqualTo(status.counts().offered() + status.counts().recovered());
  }
}
