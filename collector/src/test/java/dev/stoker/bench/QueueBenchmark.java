package dev.stoker.bench;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.endpoint.EndpointStatus;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.pyroscope.PyroscopeProtocol;
import dev.stoker.write.pyroscope.PyroscopeWrite;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * 2,000 profiles a second of 50 KB at the appender of one endpoint, to a sink in another process
 * that answers after 500 ms: once through memory, once with every profile on disk too. Started by
 * benchmarks/queue; no test.
 */
public final class QueueBenchmark {
  private static final int BYTES = 50_000;
  private static final int RATE = 2_000;
  private static final int ANSWER_MILLIS = 500;
  private static final int STEP_MILLIS = 10;

  /** The rate grows evenly: connections are opened and code is compiled meanwhile. */
  private static final double WARM_UP_SECONDS = 10;

  private static final String PORT = "port ";

  private final Vertx vertx = Vertx.vertx();
  private final Context control = vertx.getOrCreateContext();
  private final VertxTimers timers = new VertxTimers(vertx, control);
  private final byte[] body = new byte[BYTES];
  private final Path storage;
  private final URI sink;
  private final int seconds;

  private QueueBenchmark(Path storage, URI sink, int seconds) {
    this.storage = storage;
    this.sink = sink;
    this.seconds = seconds;
    new Random(1).nextBytes(body);
  }

  /** Arguments: a folder on the disk to be measured, seconds. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("sink")) {
      sink();
      return;
    }
    Path folder = Files.createTempDirectory(Path.of(args[0]), "queue-benchmark");
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                QueueBenchmark.class.getName(),
                "sink")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith(PORT)) {
        line = out.readLine();
      }
      URI sink = URI.create("http://127.0.0.1:" + String.valueOf(line).substring(PORT.length()));
      int seconds = Integer.parseInt(args[1]);
      double synced = syncedRate(folder);
      print("disk, forced every 16 MiB: %.0f MB/s", synced / 1e6);
      int diskRate = (int) Math.min(RATE, 0.7 * synced / BYTES);
      new QueueBenchmark(folder.resolve("memory"), sink, seconds)
          .run("memory", RATE, Duration.ofSeconds(2));
      new QueueBenchmark(folder.resolve("disk"), sink, seconds)
          .run("disk", diskRate, Duration.ZERO);
    } finally {
      child.destroy();
    }
    System.exit(0);
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private static void sink() throws Exception {
    Vertx vertx = Vertx.vertx();
    int port =
        vertx
            .createHttpServer(new HttpServerOptions().setAcceptBacklog(4_096))
            .requestHandler(
                request ->
                    request
                        .handler(ignored -> {})
                        .endHandler(
                            end ->
                                vertx.setTimer(
                                    ANSWER_MILLIS,
                                    id ->
                                        request
                                            .response()
                                            .putHeader("Content-Type", "application/proto")
                                            .end())))
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
    System.out.println(PORT + port);
    System.in.readAllBytes(); // ends with the parent
    System.exit(0);
  }

  private static double syncedRate(Path folder) throws IOException {
    Path file = folder.resolve("rate");
    ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
    long start = System.nanoTime();
    long bytes = 0;
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (bytes < 512L << 20) {
        bytes += out.write(chunk.clear());
        if (bytes % (16 << 20) == 0) {
          out.force(false);
        }
      }
    }
    Files.delete(file);
    return bytes / ((System.nanoTime() - start) / 1e9);
  }

  private void run(String name, int rate, Duration spillAfter) throws Exception {
    EndpointConfig endpoint =
        new EndpointConfig(
            PyroscopeProtocol.INSTANCE,
            "sink",
            sink,
            Map.of(),
            Duration.ofSeconds(10),
            EndpointConfig.Retry.DEFAULT,
            false,
            new QueueConfig(
                256L << 20,
                Duration.ofMinutes(55),
                3_000,
                0,
                new QueueConfig.Disk(true, 1L << 30, 0, Fsync.DEFAULT, spillAfter)),
            HttpClientConfig.DEFAULT);
    ClientAccess settings = new ClientAccess(endpoint.http(), vertx, timers);
    settings.open().await();
    CompletableFuture<Void> done = new CompletableFuture<>();
    control.runOnContext(ignored -> new Run(name, rate, endpoint, settings, done).start());
    done.get();
    vertx.close().await();
  }

  private final class Run {
    private final String name;
    private final int rate;
    private final DiskQueues queues = new DiskQueues(new StorageFolder(storage), control);
    private final PyroscopeWrite write;
    private final CompletableFuture<Void> done;
    private long start;
    private long cpu;
    private long appended;
    private long mostHeld;
    private long warm;
    private long warmUntil;
    private long offeredUntil;

    Run(
        String name,
        int rate,
        EndpointConfig endpoint,
        ClientAccess settings,
        CompletableFuture<Void> done) {
      this.name = name;
      this.rate = rate;
      this.done = done;
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      this.write =
          PyroscopeWrite.overHttp(
              new WriteConfig("pyroscope.write.bench", Labels.empty(), List.of(endpoint)),
              new PyroscopeWrite.Services(
                  vertx,
                  new EndpointServices(
                      timers, registry, new QueueGauges(registry, timers), queues, new Verdicts()),
                  "benchmark",
                  (body, editor) -> io.vertx.core.Future.failedFuture("not edited")),
              http -> settings);
    }

    void start() {
      queues
          .start()
          .onSuccess(
              ignored -> {
                write.start();
                start = System.nanoTime();
                vertx.setPeriodic(STEP_MILLIS, this::step);
              });
    }

    private void step(long timer) {
      double elapsed = (System.nanoTime() - start) / 1e9;
      double ramp = Math.min(elapsed, WARM_UP_SECONDS);
      double flat = Math.max(0, Math.min(elapsed - WARM_UP_SECONDS, seconds));
      long due = (long) ((ramp * ramp / WARM_UP_SECONDS / 2 + flat) * rate);
      while (appended < due) {
        Labels labels = Labels.of("__name__", "cpu", "n", Long.toString(appended % 10_000));
        write.append(new Profile(labels, body.clone(), timers.wallMillis()));
        appended++;
      }
      EndpointStatus status = write.status().get(0);
      long held = (long) status.load().queued() + status.load().inFlight();
      if (elapsed < WARM_UP_SECONDS) {
        cpu = cpuNanos();
        warm = status.counts().sent();
        warmUntil = System.nanoTime();
      } else {
        mostHeld = Math.max(mostHeld, held);
      }
      if (elapsed < WARM_UP_SECONDS + seconds) {
        offeredUntil = System.nanoTime();
      } else if (held == 0) {
        vertx.cancelTimer(timer);
        report(status);
        write.stop(1_000).compose(ignored -> queues.stop()).onComplete(end -> done.complete(null));
      }
    }

    private void report(EndpointStatus status) {
      print(
          "%s: %d/s for %d s after the warm-up: sent %d of %d, dropped %s, at most %d at once in the queue"
              + " (%.2f s of it), drained in %.2f s, %.3f CPU-ms/profile, %.2f cores",
          name,
          rate,
          seconds,
          status.counts().sent(),
          status.counts().offered(),
          status.dropped().values().stream().mapToLong(Long::longValue).sum(),
          mostHeld,
          (double) mostHeld / rate,
          (System.nanoTime() - offeredUntil) / 1e9,
          (cpuNanos() - cpu) / 1e6 / (status.counts().sent() - warm),
          (cpuNanos() - cpu) / (double) (System.nanoTime() - warmUntil));
    }

    private static long cpuNanos() {
      return ((com.sun.management.OperatingSystemMXBean)
              ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }
  }
}
