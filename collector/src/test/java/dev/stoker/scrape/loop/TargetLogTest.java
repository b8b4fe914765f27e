package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Target;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log says when very many targets turn at once. */
class TargetLogTest {
  private final ManualTimers timers = new ManualTimers(0);
  private final TargetLog log = new TargetLog("pyroscope.scrape.a", timers);
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(ScrapeLoop.class);

  @BeforeEach
  void listen() {
    appender.start();
    logger.setLevel(Level.DEBUG); // other tests of this JVM may have set the root's
    logger.addAppender(appender);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(appender);
    logger.setLevel(null);
  }

  private static Target target(int number) {
    return new Target(
        "key" + number,
        URI.create("http://10.0.0." + number % 250 + ":1/" + number),
        Configs.GOROUTINE,
        Labels.of(),
        Labels.of(),
        "http://a:1",
        new Target.Plan(1_000, 0, 1_000, 1, 1),
        Target.DeltaMode.NONE);
  }

  private static Map<String, Object> pairs(ILoggingEvent event) {
    Map<String, Object> pairs = new TreeMap<>();
    event.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
    return pairs;
  }

  private List<ILoggingEvent> said(String message) {
    return appender.list.stream().filter(e -> e.getFormattedMessage().equals(message)).toList();
  }

  @Test
  void fiveThousandThatGoDown_areTenLinesAndASum() {
    for (int i = 0; i < 4_000; i++) {
      log.down(target(i), "connection refused, nothing listens on this port");
    }
    for (int i = 4_000; i < 5_000; i++) {
      log.down(target(i), "the name \"pod-" + i + "\" of 10.0.0." + i + ":1 cannot be resolved");
    }
    assertThat(said("target is down")).hasSize(10);
    assertThat(appender.list).hasSize(10);

    timers.advance(10_000);
    assertThat(appender.list).hasSize(11);
    ILoggingEvent sum = appender.list.get(10);
    assertThat(sum.getLevel()).hasToString("WARN");
    assertThat(sum.getFormattedMessage())
        .isEqualTo("more targets are down, each target × profile type counted as one");
    assertThat(pairs(sum))
        .containsEntry("component", "pyroscope.scrape.a")
        .containsEntry("targets", 4_990)
        .containsEntry(
            "reasons",
            "3990 × connection refused, nothing listens on this port; 1000 × the name … of …"
                + " cannot be resolved")
        .containsEntry("see", "/api/v1/targets?component=pyroscope.scrape.a&health=down");
  }

  @Test
  void recovery_isSummedUpByItself() {
    log.down(target(1), "no");
    for (int i = 0; i < 30; i++) {
      log.up(target(i));
    }
    timers.advance(10_000);
    assertThat(said("target is up again")).hasSize(10);
    assertThat(pairs(appender.list.get(appender.list.size() - 1)))
        .containsEntry("targets", 20)
        .containsEntry("reasons", "");
    assertThat(appender.list).hasSize(12);
  }

  @Test
  void refusedProfiles_areSummedUpWithTheServersWords() {
    for (int i = 0; i < 12; i++) {
      log.refused(target(i), List.of("main"), "400 too many labels: " + i);
      log.taken(target(i));
    }
    log.close();
    assertThat(said("profiles of a target are refused for good")).hasSize(10);
    assertThat(said("profiles of a target are taken again")).hasSize(10);
    assertThat(appender.list.stream().map(e -> pairs(e).getOrDefault("reasons", "-")))
        .contains("2 × … too many labels: …");
    assertThat(appender.list).hasSize(22);
  }

  @Test
  void fewInAWindow_areAllLogged_andANewWindowBeginsAfresh() {
    for (int window = 0; window < 3; window++) {
      for (int i = 0; i < 10; i++) {
        log.down(target(i), "no");
      }
      timers.advance(10_000);
    }
    assertThat(said("target is down")).hasSize(30);
    assertThat(appender.list).hasSize(30);
  }

  @Test
  void whatIsNotToldYet_isToldAtTheStop_once() {
    for (int i = 0; i < 11; i++) {
      log.down(target(i), null);
    }
    log.close();
    timers.advance(10_000);
    assertThat(appender.list).hasSize(11);
  }

  @Test
  void reasonsWithoutEnd_takeBoundedMemory_andAreCounted() {
    for (int i = 0; i < 1_010; i++) {
      log.down(target(1), "reason " + "x".repeat(i % 100) + "y");
    }
    timers.advance(10_000);
    assertThat(pairs(appender.list.get(10)))
        .hasEntrySatisfying(
            "reasons", reasons -> assertThat(String.valueOf(reasons)).endsWith(" × other reasons"))
        .containsEntry("targets", 1_000);
  }
}
