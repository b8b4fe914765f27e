package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.pyroscope.PyroscopeProtocol;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueGauges;
import dev.stoker.write.queue.QueueInvariants;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * One endpoint over real files by manual time: the test runs what the thread of files has to do,
 * and answers the pushes. A second harness on the same folder is the next run.
 */
public final class QueueHarness implements Sender {
  public static final long START = 1_800_000_000_000L;
  public static final EndpointId ID = new EndpointId("write", "test", PyroscopeProtocol.INSTANCE);

  public record Sent(OutgoingProfile push, Promise<SendResult> answer) {}

  public final ManualTimers timers;
  public final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  public final List<Sent> tries = new ArrayList<>();
  public final Endpoint endpoint;
  final QueueHome home;
  private final StorageFolder folder;
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final DiskQueues queues;
  private int number;
  private final int maxInFlight;
  private int answered;
  boolean senderClosed;

  public QueueHarness(Path storage, QueueConfig queue) {
    this(storage, queue, DiskFiles.REAL, new ManualTimers(START));
  }

  public QueueHarness(Path storage, QueueConfig queue, DiskFiles files, ManualTimers timers) {
    this.timers = timers;
    this.maxInFlight = queue.maxInFlight();
    this.folder = new StorageFolder(storage);
    this.queues = new DiskQueues(new QueueRoot(folder), files, work::add, Runnable::run);
    this.home = queues.home("name\ntest", "test", "write");
    this.endpoint =
        new Endpoint(
            settings(queue, 3),
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

  /**
   * @param maxRetries tries of one profile while others pass
   */
  static EndpointSettings settings(QueueConfig queue, int maxRetries) {
    return new EndpointSettings(
        PyroscopeProtocol.INSTANCE,
        new Backoff(Duration.ofMillis(500), Duration.ofMinutes(5)),
        maxRetries,
        0,
        queue);
  }

  /** Runs what the thread of files has to do. */
  public void disk() {
    while (!work.isEmpty()) {
      work.remove().run();
      invariantsHold();
    }
  }

  private void invariantsHold() {
    QueueInvariants.hold(endpoint.queue);
    assertThat(endpoint.queue.inFlight()).isLessThanOrEqualTo(maxInFlight);
  }

  /** Time passes, with the thread of files at work. */
  public void pass(long millis) {
    for (long left = millis; left > 0; left -= 100) {
      timers.advance(Math.min(100, left));
      invariantsHold();
      disk();
    }
  }

  public boolean offer(int bytes) {
    boolean taken = endpoint.offer(push(bytes));
    invariantsHold();
    return taken;
  }

  public void offer(int count, int bytes) {
    for (int i = 0; i < count; i++) {
      offer(bytes);
    }
  }

  public OutgoingProfile push(int bytes) {
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
  public void answerAll(SendResult result) {
    while (answered < tries.size()) {
      tries.get(answered++).answer().tryComplete(result);
      invariantsHold();
      disk();
    }
  }

  /** Answers and lets time pass until nothing waits. */
  public void drain(long atMostMillis) {
    for (long i = 0; i < atMostMillis && load() > 0; i += 100) {
      answerAll(new SendResult.Accepted());
      pass(100);
    }
    answerAll(new SendResult.Accepted());
    disk();
  }

  public long load() {
    EndpointStatus.Load load = endpoint.status().load();
    return load.queued() + load.inFlight();
  }

  public List<String> sentNumbers() {
    return tries.stream().map(sent -> sent.push().labels().get("n")).toList();
  }

  public long dropped(DropReason reason) {
    return endpoint.status().dropped().getOrDefault(reason, 0L);
  }

  /** In good order, with what is left on disk. */
  public void stop() {
    Future<Void> stopped = endpoint.stop(0);
    timers.advance(1);
    disk();
    assertThat(stopped.succeeded()).isTrue();
    queues.stop();
    disk();
    folder.closeInGoodOrder();
  }

  /** Like kill -9: nothing more is written, and the lock is gone with the process. */
  public void kill() {
    work.clear();
    folder.close();
  }

  public void identityHolds() {
    EndpointStatus status = endpoint.status();
    long dropped = status.dropped().values().stream().mapToLong(Long::longValue).sum();
    EndpointStatus.Load load = status.load();
    assertThat(status.counts().sent() + dropped + load.queued() + load.inFlight())
        .isEqualTo(status.counts().offered() + status.counts().recovered());
  }
}
