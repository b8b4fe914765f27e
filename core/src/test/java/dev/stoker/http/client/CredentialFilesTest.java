package dev.stoker.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.stoker.concurrent.ControlContext;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.concurrent.Timers;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.secret.WatchedFiles;
import dev.stoker.http.tls.Tls;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Files of secrets that change, are empty or are no files, as a client sees them. */
class CredentialFilesTest {
  private static final URI TARGET = URI.create("http://127.0.0.1:1/");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(0);
  private final Logger logger = (Logger) LoggerFactory.getLogger(WatchedFiles.class);
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final ListAppender<ILoggingEvent> appender =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(
              event.getLevel()
                  + " "
                  + event.getKeyValuePairs()
                  + " "
                  + event.getFormattedMessage());
        }
      };
  @TempDir Path folder;

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void close() throws Exception {
    logger.detachAppender(appender);
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private String sent(ClientAccess settings) {
    RequestOptions options =
        new RequestOptions().setAbsoluteURI(TARGET.toString()).setConnectTimeout(1);
    on(() -> settings.prepare(options, TARGET, true));
    return options.getHeaders() == null
        ? ""
        : String.valueOf(options.getHeaders().get(HttpHeaders.AUTHORIZATION));
  }

  private void on(Runnable action) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        ignored -> {
          action.run();
          done.complete();
        });
    done.future().await();
  }

  private void open(ClientAccess settings) {
    Promise<Void> opened = Promise.promise();
    context.runOnContext(ignored -> settings.open().onComplete(opened));
    opened.future().await();
  }

  /** Looks at the files until that is logged, and some times more. */
  private void look(ClientAccess settings, String until) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              on(() -> timers.advance(5_000));
              return logged.stream().anyMatch(line -> line.contains(until));
            });
    assertThat(settings.problem()).isEmpty();
  }

  @Test
  void aTruncatedTokenFile_keepsTheLastGoodToken_andIsToldOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "one\n");
    ClientAccess settings =
        new ClientAccess(
                HttpClientConfig.DEFAULT.with(
                    new Auth.Authorization("Bearer", Secret.file(file.toString()))),
                vertx,
                timers)
            .of("pyroscope.write.w");
    open(settings);
    assertThat(sent(settings)).isEqualTo("Bearer one");

    Files.writeString(file, "");
    look(settings, "is empty");
    for (int i = 0; i < 5; i++) {
      on(() -> timers.advance(5_000));
      vertx.executeBlocking(() -> "a look that has begun has ended", true).await();
    }
    assertThat(sent(settings)).isEqualTo("Bearer one");
    assertThat(logged)
        .singleElement()
        .asString()
        .contains("WARN", "pyroscope.write.w", file.toString(), "last good content stays");

    // At once: a look must not find it empty.
    Files.move(
        Files.writeString(folder.resolve("next"), "second\n"),
        file,
        StandardCopyOption.ATOMIC_MOVE);
    look(settings, "can be read again");
    assertThat(sent(settings)).isEqualTo("Bearer second");
    assertThat(logged).hasSize(2);
    assertThat(logged.get(1)).contains("INFO", "pyroscope.write.w", file.toString());

    Files.move(
        Files.writeString(folder.resolve("next"), "the third\n"),
        file,
        StandardCopyOption.ATOMIC_MOVE);
    look(settings, "have changed");
    assertThat(logged.get(2)).contains("INFO", "pyroscope.write.w", file.toString());
    settings.close();
  }

  /** One look that ends with a bug is not the last one. */
  @Test
  void aBug_isToldOnce_andARotatedTokenIsReadAfterIt() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "one\n");
    AtomicBoolean broken = new AtomicBoolean();
    Timers breaking =
        new Timers() {
          @Override
          public long wallMillis() {
            if (broken.get()) {
              throw new IllegalStateException("no clock");
            }
            return timers.wallMillis();
          }

          @Override
          public long nanoTime() {
            return timers.nanoTime();
          }

          @Override
          public Cancellable after(long delayMillis, Runnable action) {
            return timers.after(delayMillis, action);
          }

          @Override
          public ControlContext control() {
            return timers.control();
          }
        };
    ClientAccess settings =
        new ClientAccess(
                HttpClientConfig.DEFAULT
                    .with(new Auth.Authorization("Bearer", Secret.file(file.toString())))
                    .with(new Tls(Secret.NONE, Secret.NONE, Secret.NONE, "", true, false)),
                vertx,
                breaking)
            .of("pyroscope.write.w");
    open(settings);
    broken.set(true);
    look(settings, "bug");
    for (int i = 0; i < 5; i++) {
      on(() -> timers.advance(5_000));
      vertx.executeBlocking(() -> "a look that has begun has ended", true).await();
    }
    assertThat(logged)
        .singleElement()
        .asString()
        .contains("ERROR", "pyroscope.write.w", "were not taken over");

    broken.set(false);
    Files.move(
        Files.writeString(folder.resolve("next"), "second\n"),
        file,
        StandardCopyOption.ATOMIC_MOVE);
    look(settings, "have changed");
    assertThat(sent(settings)).isEqualTo("Bearer second");
    settings.close();
  }

  static Stream<Function<Secret, HttpClientConfig>> twins() {
    HttpClientConfig plain = HttpClientConfig.DEFAULT;
    return Stream.of(
        secret -> plain.with(new Auth.Basic("me", secret)),
        secret -> plain.with(new Auth.Authorization("Token", secret)),
        secret -> plain.withHeaders(Map.of("X-Key", List.of(secret))),
        secret -> plain.with(new Tls(secret, Secret.NONE, Secret.NONE, "", false, false)),
        secret -> plain.with(new Tls(Secret.NONE, secret, secret, "", false, false)));
  }

  @ParameterizedTest
  @MethodSource("twins")
  void everyEmptyFile_isAProblem(Function<Secret, HttpClientConfig> config) throws Exception {
    Path file = Files.writeString(folder.resolve("empty"), " \n");
    ClientAccess settings =
        new ClientAccess(config.apply(Secret.file(file.toString())), vertx, timers);
    open(settings);

    assertThat(settings.problem()).contains(file.toString(), "is empty");
    settings.close();
  }

  /** Whoever reads a pipe waits for its writer, and a device never ends. */
  @ParameterizedTest
  @MethodSource("twins")
  @Timeout(20)
  void pipesAndDevices_areRefusedAtOnce(Function<Secret, HttpClientConfig> config)
      throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (String file : List.of(pipe.toString(), "/dev/zero")) {
      ClientAccess settings = new ClientAccess(config.apply(Secret.file(file)), vertx, timers);
      open(settings);
      assertThat(settings.problem()).contains(file, "no regular file");
      settings.close();
    }
  }
}
