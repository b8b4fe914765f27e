package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.write.queue.DropReason;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DropLogTest {
  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final DropLog drops = new DropLog("test", timers);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Endpoint.class);

  @BeforeEach
  void listen() {
    // Another test of this JVM may have started a command, which makes the root logger quiet.
    logger.setLevel(Level.INFO);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  @Test
  void theFirstIsToldAtOnce_theRestOnceAMinute_withCountBytesAndOldest() {
    drops.dropped(DropReason.BYTES, 10, 2_000, null);
    assertThat(told()).containsExactly("bytes 1 10 1970-01-01T00:00:02Z");
    drops.dropped(DropReason.BYTES, 20, 4_000, null);
    drops.dropped(DropReason.BYTES, 30, 3_000, null);
    timers.advance(59_000);
    assertThat(told()).hasSize(1);
    timers.advance(1_000);
    assertThat(told()).hasSize(2).last().isEqualTo("bytes 2 50 1970-01-01T00:00:03Z");
    timers.advance(600_000);
    assertThat(told()).as("nothing to tell").hasSize(2);
    assertThat(timers.pending()).isZero();
    drops.dropped(DropReason.BYTES, 1, 5_000, null);
    assertThat(told()).as("the first of a new row").hasSize(3);
  }

  @Test
  void reasonsHaveLinesOfTheirOwn_andTheServersWords() {
    drops.dropped(DropReason.AGE, 10, 2_000, null);
    drops.dropped(
        DropReason.REJECTED, 1, 2_000, new DropLog.Cause("400 no", Labels.of("service_name", "a")));
    assertThat(told()).hasSize(2);
    assertThat(lines.list.get(1).getKeyValuePairs().toString())
        .contains("answer=\"400 no\"")
        .contains("service_name");
  }

  @Test
  void whatIsNotToldYet_isToldAtTheEnd() {
    drops.dropped(DropReason.DISK, 10, 2_000, null);
    drops.dropped(DropReason.DISK, 10, 2_000, null);
    drops.close();
    assertThat(told()).hasSize(2);
    assertThat(timers.pending()).isZero();
  }

  private List<String> told() {
    return lines.list.stream()
        .map(
            line ->
                line.getKeyValuePairs().stream()
                    .filter(pair -> !pair.key.equals("endpoint"))
                    .map(pair -> String.valueOf(pair.value))
                    .collect(Collectors.joining(" ")))
        .toList();
  }
}
