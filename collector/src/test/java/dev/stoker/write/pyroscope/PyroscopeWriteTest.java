package dev.stoker.write.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.endpoint.EndpointStatus;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A component with its queues on disk, by manual time. */
class PyroscopeWriteTest {
  private static final long START = 1_800_000_000_000L;

  private record Sent(EndpointConfig by, OutgoingProfile push, Promise<SendResult> answer) {}

  @TempDir private Path storage;

  private final Vertx vertx = Vertx.vertx();
  private final ManualTimers timers = new ManualTimers(START);
  private final List<Sent> sent = new ArrayList<>();
  private final List<EndpointConfig> closed = new ArrayList<>();
  private final Queue<Runnable> disk = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // each test opens its own
  private StorageFolder folder;

  @AfterEach
  void close() {
    vertx.close();
  }

  @Test
  void tenantOfTheTarget_isOfThePush_andNoLabel_alsoWhenItComesFromTheDisk() {
    PyroscopeWrite first = open(endpoint("main", "http://a", 0));
    first.append(profile("mine", new byte[10]));
    assertThat(sent.get(0).push().tenant()).isEqualTo("mine");
    assertThat(sent.get(0).push().labels().toMap()).containsOnlyKeys("__name__", "__delta__");
    first.stop(0);
    pass(1);
    folder.close();

    open(endpoint("main", "http://a", 0));
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).push().tenant()).isEqualTo("mine");
  }

  @Test
  void changedUrlOfANamedEndpoint_takesTheWaitingOnesAlong_nothingTwice() {
    PyroscopeWrite write = open(endpoint("main", "http://a", 0));
    write.append(profile("", new byte[10]));
    write.append(profile("", new byte[11]));
    sent.get(0).answer().complete(new SendResult.Retryable(Kind.UNAVAILABLE, "503", null));

    write.prepare(config(endpoint("main", "http://b", 0)), this::sender).commit();
    pass(0);
    assertThat(closed).as("while its last try is open").isEmpty();
    sent.get(1).answer().complete(new SendResult.Accepted());
    assertThat(closed).extracting(EndpointConfig::url).containsExactly(URI.create("http://a"));
    pass(30_000);

    assertThat(sent).hasSize(3);
    assertThat(sent.get(2).by().url()).isEqualTo(URI.create("http://b"));
    assertThat(sent.get(2).push().body()).hasSize(10);
    sent.get(2).answer().complete(new SendResult.Accepted());
    EndpointStatus status = write.status().get(0);
    assertThat(status.counts()).isEqualTo(new EndpointStatus.Counts(2, 0, 2));
  }

  @Test
  void removedEndpoint_keepsItsQueueOnDisk_andFindsItWhenItComesBack() {
    PyroscopeWrite write = open(endpoint("one", "http://a", 0), endpoint("two", "http://b", 0));
    write.append(profile("", new byte[10]));
    write.prepare(config(endpoint("one", "http://a", 0)), this::sender).commit();
    pass(1);
    int before = sent.size();
    write
        .prepare(
            config(endpoint("one", "http://a", 0), endpoint("two", "http://b", 0)), this::sender)
        .commit();
    pass(1);
    assertThat(sent).hasSize(before + 1);
    assertThat(sent.get(before).by().name()).isEqualTo("two");
    assertThat(write.status().get(1).counts().recovered()).isEqualTo(1);
  }

  @Test
  void overMaxProfileSize_inflated_isNotSent_byThatEndpointOnly() throws IOException {
    PyroscopeWrite write =
        open(endpoint("small", "http://a", 1_000_000), endpoint("large", "http://b", 0));

    assertThat(write.append(profile("", gzip(3 << 20)))).isTrue();

    assertThat(sent).extracting(s -> s.by().name()).containsExactly("large");
    assertThat(write.status().get(0).dropped()).containsEntry(DropReason.TOO_LARGE, 1L);
  }

  @Test
  void deadAndHangingEndpoints_areNothingToTheHealthyOne() {
    PyroscopeWrite write =
        open(
            endpoint("dead", "http://a", 0),
            endpoint("hanging", "http://b", 0),
            endpoint("healthy", "http://c", 0));
    int answered = 0;
    for (int i = 0; i < 500; i++) {
      write.append(profile("", new byte[1_000]));
      for (; answered < sent.size(); answered++) {
        Sent push = sent.get(answered);
        switch (push.by().name()) {
          case "dead" ->
              push.answer().complete(new SendResult.Retryable(Kind.UNAVAILABLE, "refused", null));
          case "healthy" -> push.answer().complete(new SendResult.Accepted());
          default -> {}
        }
      }
      assertThat(write.status().get(2).counts().sent()).as("at once").isEqualTo(i + 1);
      pass(100);
    }
    for (EndpointStatus status : write.status()) {
      assertThat(status.dropped().values()).allMatch(dropped -> dropped == 0);
      long held = status.load().queued() + status.load().inFlight();
      assertThat(status.counts().sent() + held).isEqualTo(500);
    }
  }

  private static byte[] gzip(int length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(new byte[length]);
    }
    return bytes.toByteArray();
  }

  private Profile profile(String tenant, byte[] body) {
    Labels labels = Labels.of("__name__", "memory", "__tenant_id__", tenant, "__address__", "a:1");
    return new Profile(labels, body, timers.wallMillis());
  }

  private static EndpointConfig endpoint(String name, String url, long maxProfileSize) {
    return new EndpointConfig(
        PyroscopeProtocol.INSTANCE,
        name,
        URI.create(url),
        Map.of(),
        Duration.ofSeconds(10),
        EndpointConfig.Retry.DEFAULT,
        false,
        QueueConfig.DEFAULT,
        HttpClientConfig.DEFAULT,
        maxProfileSize,
        false);
  }

  private static WriteConfig config(EndpointConfig... endpoints) {
    return new WriteConfig("pyroscope.write.x", Labels.empty(), List.of(endpoints));
  }

  @Test
  void anEndpointThatMovesWithPushesInFlight_takesItsQueueAlong() {
    folder = new StorageFolder(storage);
    DiskQueues queues =
        new DiskQueues(new QueueRoot(folder), DiskFiles.REAL, disk::add, Runnable::run);
    PyroscopeWrite.Services services = services(queues);
    QueueConfig.Disk spool =
        new QueueConfig.Disk(true, 0, 0, Fsync.DEFAULT, Duration.ofMillis(2_000));
    EndpointConfig endpoint =
        endpoint("test", "http://localhost:1", 0)
            .withQueue(new QueueConfig(1 << 20, Duration.ofMinutes(55), 4, 0, spool));
    PyroscopeWrite loser = new PyroscopeWrite(config(endpoint), services, this::sender);
    queues.start();
    loser.start();
    pass(0);
    for (int i = 0; i < 20; i++) {
      loser.append(profile("", new byte[10 + i]));
    }
    List<Sent> inFlight = List.copyOf(sent);
    assertThat(inFlight).isNotEmpty();
    PyroscopeWrite winner =
        new PyroscopeWrite(
            new WriteConfig("pyroscope.write.y", Labels.empty(), List.of(endpoint)),
            services,
            this::sender);

    Future<Void> closed = loser.stop(0);
    winner.start();
    timers.advance(1);
    inFlight.forEach(push -> push.answer().tryComplete(new SendResult.Accepted()));
    pass(0);

    assertThat(closed.isComplete()).isTrue();
    EndpointStatus status = winner.status().get(0);
    assertThat(status.counts().recovered()).as("all but four").isEqualTo(16);
    winner.append(profile("", new byte[99]));
    winner.stop(0);
    pass(0);
    PyroscopeWrite again = new PyroscopeWrite(config(endpoint), services, this::sender);
    again.start();
    pass(0);
    assertThat(again.status().get(0).counts().recovered()).as("in the same folder").isEqualTo(17);
  }

  /** State that two threads change is lost without a sign, so such a call fails at once. */
  @Test
  void aCallFromAnotherThread_isRefused() {
    VertxTimers control = new VertxTimers(vertx, vertx.getOrCreateContext());
    PyroscopeWrite write =
        new PyroscopeWrite(
            config(endpoint("main", "http://a", 0)), TestServices.of(vertx, control), this::sender);
    assertThatThrownBy(() -> write.append(profile("", new byte[10])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(write::start).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> write.stop(0)).isInstanceOf(IllegalStateException.class);
    assertThat(write.status().get(0).counts().offered()).isZero();
    assertThat(sent).isEmpty();
  }

  private PyroscopeWrite open(EndpointConfig... endpoints) {
    folder = new StorageFolder(storage);
    DiskQueues queues =
        new DiskQueues(new QueueRoot(folder), DiskFiles.REAL, disk::add, Runnable::run);
    PyroscopeWrite write = new PyroscopeWrite(config(endpoints), services(queues), this::sender);
    queues.start();
    write.start();
    pass(0);
    return write;
  }

  private Sender sender(EndpointConfig endpoint) {
    return new Sender() {
      @Override
      public Future<SendResult> send(OutgoingProfile push) {
        Promise<SendResult> answer = Promise.promise();
        sent.add(new Sent(endpoint, push, answer));
        return answer.future();
      }

      @Override
      public Future<Void> close() {
        closed.add(endpoint);
        return Future.succeededFuture();
      }
    };
  }

  private void pass(long millis) {
    for (long left = millis; left >= 0; left -= 100) {
      timers.advance(Math.min(100, left));
      while (!disk.isEmpty()) {
        disk.remove().run();
      }
    }
  }

  private PyroscopeWrite.Services services(DiskQueues queues) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    return TestServices.of(
        vertx,
        new EndpointServices(
            timers, registry, new QueueGauges(registry, timers), queues, new Verdicts()));
  }
}
