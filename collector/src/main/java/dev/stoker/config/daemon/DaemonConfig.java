package dev.stoker.config.daemon;

import dev.stoker.http.server.ServerConfig;
import java.nio.file.Path;

/**
 * Settings of the daemon itself, the <code>stoker</code> block.
 *
 * @param host where the admin server listens; IPv6 without brackets
 * @param port 0 = any free one
 * @param access who may use the admin server
 * @param storage folder of everything that is written
 * @param logLevel debug, info, warn or error
 * @param watch reload when a file of the config changes
 * @param finalScrape cumulative profiles are scraped once more at a clean stop
 */
public record DaemonConfig(
    String host,
    int port,
    ServerConfig access,
    Path storage,
    String logLevel,
    boolean jsonLog,
    boolean watch,
    boolean finalScrape) {
  public static final String DEFAULT_LISTEN = "127.0.0.1:12345";
  public static final String DEFAULT_STORAGE = "data/stoker";
  public static final DaemonConfig DEFAULT =
      new DaemonConfig(
          "127.0.0.1",
          12345,
          ServerConfig.DEFAULT,
          Path.of(DEFAULT_STORAGE),
          "info",
          false,
          true,
          true);
}
