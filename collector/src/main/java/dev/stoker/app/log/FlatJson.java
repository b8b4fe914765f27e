package dev.stoker.app.log;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * One flat JSON object a line, as log collectors want it: <code>time</code> in RFC 3339, <code>
 * level</code>, <code>logger</code>, <code>msg</code>, and the keys of the event beside them,
 * numbers and truths as such.
 */
final class FlatJson extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final ThrowableProxyConverter stacks = new ThrowableProxyConverter();

  @Override
  public void start() {
    stacks.start();
    super.start();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    JsonObject line =
        new JsonObject()
            .put("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
            .put("level", event.getLevel().toString().toLowerCase(Locale.ROOT))
            .put("logger", shortName(event.getLoggerName()))
            .put("msg", event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        // A key of the event never hides the line's own.
        String key = line.containsKey(pair.key) ? pair.key + "_" : pair.key;
        boolean plain = pair.value instanceof Number || pair.value instanceof Boolean;
        line.put(key, plain || pair.value == null ? pair.value : String.valueOf(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      line.put("stack", stacks.convert(event));
    }
    return (line.encode() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String shortName(String logger) {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
