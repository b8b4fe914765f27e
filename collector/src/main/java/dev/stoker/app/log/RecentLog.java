package dev.stoker.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** The last lines of the log, as they were written. Bounded; read by any thread. */
final class RecentLog extends AppenderBase<ILoggingEvent> {
  static final String NAME = "recent";
  private static final int MAX_LINES = 500;
  private static final int MAX_CHARS = 4_000;

  private final Encoder<ILoggingEvent> encoder;
  private final Deque<String> lines;
  private int count;

  /**
   * @param before whose lines it goes on with
   */
  RecentLog(Encoder<ILoggingEvent> encoder, @Nullable RecentLog before) {
    this.encoder = encoder;
    this.lines = before == null ? new ConcurrentLinkedDeque<>() : before.lines;
    this.count = lines.size();
    setName(NAME);
  }

  /** One at a time: the caller sees to that. */
  @Override
  protected void append(ILoggingEvent event) {
    String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
    lines.addLast(line.length() > MAX_CHARS ? line.substring(0, MAX_CHARS) + "…\n" : line);
    count++;
    if (count > MAX_LINES) {
      lines.removeFirst();
      count--;
    }
  }

  String text() {
    return String.join("", lines);
  }
}
