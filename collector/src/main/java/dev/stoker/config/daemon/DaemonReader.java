package dev.stoker.config.daemon;

import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The daemon's own settings, below <code>stoker</code>. */
public final class DaemonReader {
  private static final Pattern LISTEN =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");
  private static final int MAX_PORT = 65535;
  private static final Map<String, String> LEVELS =
      Map.of("debug", "debug", "info", "info", "warn", "warn", "error", "error");

  /**
   * @param stoker the <code>stoker</code> block, whose components are read elsewhere
   */
  public static DaemonConfig read(Args stoker) {
    DaemonConfig defaults = DaemonConfig.DEFAULT;
    Args http = stoker.block("http");
    Args storage = stoker.block("storage");
    Args log = stoker.block("log");
    Args reload = stoker.block("reload");
    Args shutdown = stoker.block("shutdown");
    DaemonConfig listen =
        http.get(
            "listen",
            defaults,
            Converter.of(
                "HOST:PORT", DaemonReader::listen, daemon -> daemon.host() + ":" + daemon.port()));
    DaemonConfig config =
        new DaemonConfig(
            listen.host(),
            listen.port(),
            AdminReader.read(http),
            storage.get("path", defaults.storage(), DaemonReader::path),
            log.get("level", defaults.logLevel(), Scalars.choice(LEVELS)),
            log.get("format", false, Scalars.choice(Map.of("text", false, "json", true))),
            reload.get("watch", defaults.watch(), Scalars.flag()),
            shutdown.get("final_scrape", defaults.finalScrape(), Scalars.flag()));
    String exposure = AdminReader.exposure(config);
    if (!exposure.isEmpty()) {
      http.warn("remote", exposure);
    }
    http.finish();
    storage.finish();
    log.finish();
    reload.finish();
    shutdown.finish();
    return config;
  }

  /**
   * Reads an address, for flags and the config alike.
   *
   * @param text <code>host:port</code>, IPv6 in brackets
   * @return host and port, the rest is defaults; null when it is no host:port
   */
  public static @Nullable DaemonConfig parseListen(String text) {
    Matcher matcher = LISTEN.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > MAX_PORT) {
      return null;
    }
    DaemonConfig defaults = DaemonConfig.DEFAULT;
    return new DaemonConfig(
        matcher.group(1) != null ? matcher.group(1) : matcher.group(2),
        Integer.parseInt(matcher.group(3)),
        defaults.access(),
        defaults.storage(),
        defaults.logLevel(),
        defaults.jsonLog(),
        defaults.watch(),
        defaults.finalScrape());
  }

  private static @Nullable DaemonConfig listen(Node node) {
    String text = Scalars.text(node);
    DaemonConfig parsed = text == null ? null : parseListen(text);
    if (text != null && parsed == null) {
      node.error(
          node.describe()
              + " is not HOST:PORT; write 127.0.0.1:12345, [::1]:12345, or 0.0.0.0:12345 for all"
              + " addresses");
    }
    return parsed;
  }

  private static @Nullable Path path(Node node) {
    String text = Scalars.nonEmptyText(node);
    try {
      return text == null ? null : Path.of(text);
    } catch (InvalidPathException wrong) {
      node.error(node.describe() + " is no path of a folder");
      return null;
    }
  }

  private DaemonReader() {}
}
