package dev.stoker.config;

import dev.stoker.store.StoreConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the settings of the daemon, and <code>stoker.store</code>. */
public final class DaemonReader {
  private static final Pattern LISTEN =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^:\\[\\]\\s/]+)):([0-9]{1,5})");

  static DaemonConfig read(@Nullable Node stoker) {
    if (stoker == null) {
      return new DaemonConfig(
          "127.0.0.1", 12345, Path.of(DaemonConfig.DEFAULT_STORAGE), "info", false);
    }
    DaemonConfig listen = listen(stoker);
    Path storage = Path.of(DaemonConfig.DEFAULT_STORAGE);
    Node storageNode = stoker.object("storage");
    if (storageNode != null) {
      storage = storage(storageNode);
    }
    Node log = stoker.object("log");
    String level = "info";
    boolean json = false;
    if (log != null) {
      level = log.choice("level", List.of("debug", "info", "warn", "error"), "info");
      json = log.choice("format", List.of("text", "json"), "text").equals("json");
      log.finish();
    }
    Node reload = stoker.object("reload");
    if (reload != null) {
      reload.bool("watch", true);
      if (reload.has("watch")) {
        reload.warning("watch", "has no effect in this version: restart to load a changed config");
      }
      reload.finish();
    }
    return new DaemonConfig(listen.host(), listen.port(), storage, level, json);
  }

  private static Path storage(Node node) {
    String text = node.string("path", DaemonConfig.DEFAULT_STORAGE);
    node.finish();
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException bad) {
      // reported below
    }
    node.error("path", "is no folder; write one such as " + DaemonConfig.DEFAULT_STORAGE);
    return Path.of(DaemonConfig.DEFAULT_STORAGE);
  }

  private static DaemonConfig listen(Node stoker) {
    Node http = stoker.object("http");
    String text =
        http == null
            ? DaemonConfig.DEFAULT_LISTEN
            : http.string("listen", DaemonConfig.DEFAULT_LISTEN);
    DaemonConfig parsed = parseListen(text);
    if (http != null) {
      if (parsed == null) {
        http.error(
            "listen",
            "is no host:port: \"" + text + "\"; write one such as 127.0.0.1:12345 or [::]:12345");
      }
      http.finish();
    }
    return parsed == null ? read(null) : parsed;
  }

  /** Null when it is no host:port; the rest of the record is defaults. */
  public static @Nullable DaemonConfig parseListen(String text) {
    Matcher matcher = LISTEN.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65535) {
      return null;
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    return new DaemonConfig(
        host,
        Integer.parseInt(matcher.group(3)),
        Path.of(DaemonConfig.DEFAULT_STORAGE),
        "info",
        false);
  }

  static StoreConfig store(Node node, String id) {
    StoreConfig config =
        new StoreConfig(
            id,
            node.duration("retention", StoreConfig.DEFAULT_RETENTION, Duration.ofSeconds(1)),
            node.size("max_size", StoreConfig.DEFAULT_MAX_SIZE));
    if (config.maxSize() == 0) {
      node.error("max_size", "is 0; write a size such as 512MiB");
    }
    node.finish();
    return config;
  }

  private DaemonReader() {}
}
