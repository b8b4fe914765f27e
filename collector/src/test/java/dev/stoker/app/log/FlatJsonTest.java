package dev.stoker.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class FlatJsonTest {
  @Test
  void aLine_isFlat_withNumbersAsNumbers() {
    String line = line(event(null));

    assertThat(line).endsWith("}\n").hasLineCount(1);
    assertThat(new JsonObject(line).getMap())
        .containsExactly(
            java.util.Map.entry("time", "2026-11-28T16:00:00.500Z"),
            java.util.Map.entry("level", "warn"),
            java.util.Map.entry("logger", "ScrapeLoop"),
            java.util.Map.entry("msg", "target is down"),
            java.util.Map.entry("url", "http://a/\n\"b\""),
            java.util.Map.entry("profiles", 7),
            java.util.Map.entry("lasting", true),
            java.util.Map.entry("time_", "2026-11-28T15:00:00Z"));
  }

  @Test
  void aStack_isInItsLine() {
    String line = line(event(new IllegalStateException("bug")));

    assertThat(line).hasLineCount(1);
    assertThat(new JsonObject(line).getString("stack"))
        .contains("IllegalStateException: bug", "FlatJsonTest");
  }

  private static LoggingEvent event(@Nullable Throwable thrown) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "",
            context.getLogger("dev.stoker.scrape.loop.ScrapeLoop"),
            Level.WARN,
            "target is down",
            thrown,
            null);
    event.setInstant(Instant.parse("2026-11-28T16:00:00.500Z"));
    event.setKeyValuePairs(
        List.of(
            new KeyValuePair("url", "http://a/\n\"b\""),
            new KeyValuePair("profiles", 7),
            new KeyValuePair("lasting", true),
            new KeyValuePair("time", Instant.parse("2026-11-28T15:00:00Z"))));
    return event;
  }

  private static String line(LoggingEvent event) {
    FlatJson encoder = new FlatJson();
    encoder.start();
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
