package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.stoker.write.queue.QueueConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the log says when all that is sent fails at once, by manual time. */
class EndpointLogTest {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Endpoint.class);
  @TempDir Path storage;

  @BeforeEach
  void listen() {
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  @Test
  void anOutage_isOneLineAtItsBegin_andOneAtItsEnd_howeverManyPushesFail() {
    QueueHarness queue =
        new QueueHarness(
            storage,
            new QueueConfig(10 << 20, Duration.ofMinutes(55), 64, 0, QueueConfig.Disk.OFF));
    queue.offer(500, 10);
    SendResult away = new SendResult.Retryable(SendResult.Kind.UNAVAILABLE, "503 away", null);
    for (int i = 0; i < 30; i++) {
      queue.answerAll(away);
      queue.pass(10_000);
    }
    int failed = said("a push has failed and is tried again").size();
    queue.drain(600_000);

    assertThat(failed).isGreaterThan(64);
    assertThat(said("a push has been taken")).hasSize(500);
    assertThat(lines.list.stream().filter(line -> line.getLevel() != Level.DEBUG))
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("endpoint is down", "endpoint is healthy again");
    assertThat(pairs(said("endpoint is down").get(0))).containsEntry("answer", "503 away");
    assertThat(pairs(said("endpoint is healthy again").get(0)))
        .containsEntry("was", "down")
        .containsEntry("dropped", 0L)
        .containsKeys("since", "waiting");
  }

  @Test
  void eachRetry_isADebugLine_withTheAnswer_theDelay_andTheLabels() {
    QueueHarness queue = new QueueHarness(storage, QueueConfig.DEFAULT);
    queue.offer(10);

    queue.answerAll(new SendResult.Retryable(SendResult.Kind.THROTTLED, "429 too many", 7_000L));

    ILoggingEvent line = said("a push has failed and is tried again").get(0);
    assertThat(line.getLevel()).isEqualTo(Level.DEBUG);
    assertThat(pairs(line))
        .containsEntry("answer", "429 too many")
        .containsEntry("endpoint", "test")
        .containsKeys("delay_ms");
    assertThat(String.valueOf(pairs(line).get("labels"))).contains("n=\"0\"");
  }

  private List<ILoggingEvent> said(String message) {
    return lines.list.stream().filter(line -> line.getFormattedMessage().equals(message)).toList();
  }

  private static Map<String, Object> pairs(ILoggingEvent event) {
    Map<String, Object> pairs = new TreeMap<>();
    event.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
    return pairs;
  }
}
