package dev.stoker.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import org.slf4j.LoggerFactory;

/** Sets logging up in code: no XML to find and parse at start. Everything goes to stderr. */
public final class Logs {
  private static final String TEXT =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{0} %msg %kvp{DOUBLE}%n%ex";

  /** Sets logging up for commands that answer on stdout: errors only. */
  public static void quiet() {
    configure(Level.ERROR, false);
  }

  public static void configure(Level level, boolean json) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    RecentLog before = (RecentLog) root.getAppender(RecentLog.NAME);
    context.reset();
    Encoder<ILoggingEvent> encoder = json ? json(context) : text(context);
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    root.addAppender(console);
    RecentLog recent = new RecentLog(encoder, before);
    recent.setContext(context);
    recent.start();
    root.addAppender(recent);
    root.setLevel(level);
    for (String library : new String[] {"io.netty", "io.vertx"}) {
      Level quieter = level.isGreaterOrEqual(Level.INFO) ? Level.WARN : Level.INFO;
      context.getLogger(library).setLevel(quieter);
    }
    // A peer that resets a connection is an expected failure, and told by who uses the connection.
    context
        .getLogger("io.vertx.core.net.impl.ConnectionBase")
        .setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.OFF : Level.WARN);
    // It logs a stack trace at every try; discovery says the same once, in words.
    context
        .getLogger("io.fabric8")
        .setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.OFF : Level.WARN);
  }

  /**
   * Stoker stops: a connection that comes in while the admin server's port closes is refused, for
   * which Netty logs a stack trace.
   */
  public static void stopping() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger("io.netty.bootstrap.ServerBootstrap").setLevel(Level.ERROR);
  }

  /** The last lines, "" where logging was not set up here. */
  public static String recent() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    RecentLog recent = (RecentLog) root.getAppender(RecentLog.NAME);
    return recent == null ? "" : recent.text();
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(TEXT);
    return started(encoder, context);
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    return started(new FlatJson(), context);
  }

  private static Encoder<ILoggingEvent> started(
      EncoderBase<ILoggingEvent> encoder, LoggerContext context) {
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private Logs() {}
}
