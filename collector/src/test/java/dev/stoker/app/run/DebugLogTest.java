package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the log of a whole daemon says, as a reader of {@code log.level = debug} sees it. */
class DebugLogTest {
  private record Line(Level level, String message, Map<String, Object> pairs) {}

  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.stoker");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          Map<String, Object> pairs = new TreeMap<>();
          if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
          }
          lines.add(new Line(event.getLevel(), event.getFormattedMessage(), pairs));
        }
      };

  @TempDir Path folder;

  @BeforeEach
  void listen() {
    logger.setLevel(Level.DEBUG);
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(appender);
    logger.setLevel(null);
  }

  @Test
  void eachScrape_push_retry_andChangeOfTargets_isADebugLine() throws Exception {
    try (HeapTarget target = new HeapTarget();
        HeapTarget other = new HeapTarget();
        PushServer pyroscope = new PushServer()) {
      pyroscope.answers(503);
      discover(target.address());
      int port = Daemon.freePort();
      long scrapes;
      try (Daemon daemon = new Daemon(config(pyroscope, port), port)) {
        Daemon.await("a retry", () -> !said("a push has failed and is tried again").isEmpty());
        pyroscope.answers(200);
        Daemon.await("a push", () -> !said("a push has been taken").isEmpty());
        scrapes = daemon.loop("memory").getLong("scrapes");
        discover(other.address());
        Daemon.await("the other target", () -> !said("a target is removed").isEmpty());
      }

      String url = "http://" + target.address() + "/debug/pprof/allocs";
      List<Line> ended = said("a scrape has ended");
      assertThat(ended.stream().filter(line -> String.valueOf(line.pairs().get("url")).equals(url)))
          .hasSizeGreaterThanOrEqualTo((int) scrapes)
          .allSatisfy(
              line ->
                  assertThat(line.pairs())
                      .containsEntry("profile_type", "memory")
                      .containsEntry("health", "up")
                      .containsKeys("bytes", "duration_ms"));
      assertThat(said("a push has been taken"))
          .hasSize(pyroscope.pushed().size())
          .allSatisfy(
              line -> assertThat(line.pairs()).containsKeys("endpoint", "bytes", "scraped_at"));
      assertThat(said("a push has failed and is tried again"))
          .allSatisfy(
              line -> {
                assertThat(line.pairs()).containsKeys("endpoint", "delay_ms", "labels");
                assertThat(String.valueOf(line.pairs().get("answer"))).contains("503");
              });
      assertThat(said("a target is added"))
          .extracting(line -> String.valueOf(line.pairs().get("target")))
          .satisfiesExactly(
              first -> assertThat(first).contains(target.address()),
              second -> assertThat(second).contains(other.address()));
      assertThat(said("a target is removed"))
          .extracting(line -> String.valueOf(line.pairs().get("target")))
          .satisfiesExactly(gone -> assertThat(gone).contains(target.address()));
      assertThat(lines.stream().filter(line -> line.level() == Level.DEBUG))
          .as("each is a debug line")
          .containsAll(ended)
          .containsAll(said("a push has been taken"));
    }
  }

  private List<Line> said(String message) {
    return lines.stream().filter(line -> line.message().equals(message)).toList();
  }

  private void discover(String address) throws Exception {
    Files.writeString(folder.resolve("targets.json"), "[{\"targets\": [\"" + address + "\"]}]");
  }

  private Path config(PushServer pyroscope, int port) throws Exception {
    return Files.writeString(
        folder.resolve("debug.conf"),
        """
        stoker { http.listen = "127.0.0.1:%d", storage.path = "%s" }
        discovery.file.f { files = [ "%s/*.json" ], refresh_interval = 1s }
        pyroscope.scrape.t {
          targets = discovery.file.f.targets
          scrape_interval = 1s
          profiling_config {
            profile.memory      { enabled = true }
            profile.process_cpu { enabled = false }
            profile.goroutine   { enabled = false }
            profile.mutex       { enabled = false }
            profile.block       { enabled = false }
          }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w {
          endpoint {
            url = "%s"
            min_backoff_period = 100ms
            max_backoff_period = 200ms
          }
        }
        """
            .formatted(port, folder.resolve("data"), folder, pyroscope.url()));
  }
}
