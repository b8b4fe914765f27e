package dev.stoker.receive.config;

import dev.stoker.http.schema.ServerReader;
import dev.stoker.http.server.Remote;
import dev.stoker.http.server.ServerConfig;
import dev.stoker.receive.LabelLimits;
import dev.stoker.receive.server.Bounds;
import dev.stoker.receive.server.Listen;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the blocks that all receivers have. */
public final class ReceiveArgs {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final int MAX_CONNECTIONS = 100_000;

  /**
   * A block that says where to listen, such as <code>http</code>.
   *
   * @param block its name
   * @param host the default
   * @param port the default
   */
  public static Listen listen(Args args, String block, String host, int port) {
    Listen listen =
        new Listen(
            args.get("listen_address", host, Converter.of("address", node -> host(node, host))),
            args.get("listen_port", port, Scalars.integer(0, 65_535)),
            access(args));
    if (listen.isOpenToStrangers() && !args.failed("listen_address", "basic_auth")) {
      args.warn("listen_address", exposure(listen, block));
    }
    args.finish();
    return listen;
  }

  private static ServerConfig access(Args args) {
    ServerReader.Certificate own = ServerReader.certificate(args);
    return new ServerConfig(ServerReader.login(args), own.cert(), own.key(), List.of(), Remote.ALL);
  }

  /** What is open to strangers, for people. */
  private static String exposure(Listen listen, String block) {
    return "lets everybody who reaches "
        + listen.shown()
        + " push profiles, because there is no login; write basic_auth or bearer_token_file in "
        + block
        + ", or listen_address = \"127.0.0.1\"";
  }

  private static @Nullable String host(Node node, String usual) {
    String text = Scalars.text(node);
    if (text == null) {
      return null;
    }
    if (text.isEmpty()) {
      return usual;
    }
    String host = text.replaceFirst("^\\[(.*)]$", "$1");
    if (!HOST.matcher(host).matches()) {
      node.error(
          node.describe() + " is no address; write one such as 127.0.0.1, ::1, or 0.0.0.0 for all");
      return null;
    }
    return host;
  }

  /** The block <code>limits</code>. */
  public static ReceiveLimits limits(Args args) {
    ReceiveLimits defaults = ReceiveLimits.DEFAULT;
    Bounds bounds = defaults.bounds();
    Converter<Integer> count = Scalars.integer(0, Integer.MAX_VALUE);
    ReceiveLimits limits =
        new ReceiveLimits(
            new Bounds(
                args.get("max_body_size", bounds.maxBodySize(), Quantities.arraySize("16MiB")),
                args.get(
                    "max_connections",
                    bounds.maxConnections(),
                    Scalars.integer(1, MAX_CONNECTIONS)),
                args.get(
                    "max_in_flight_bytes", bounds.maxInFlightBytes(), Quantities.size("64MiB")),
                args.get("read_timeout", bounds.readTimeout(), Quantities.duration("30s"))),
            args.get(
                "max_inflated_size", defaults.maxInflatedSize(), Quantities.arraySize("64MiB")),
            new LabelLimits(
                args.get("label_limit", 0, count),
                args.get("label_name_length_limit", 0, count),
                args.get("label_value_length_limit", 0, count)));
    bounded(args, limits);
    return limits;
  }

  /** Strangers send here: a limit of none would let one of them take all memory. */
  private static void bounded(Args args, ReceiveLimits limits) {
    if (limits.bounds().maxBodySize() == 0) {
      args.problem("max_body_size", "is 0, but what clients send must have a bound");
    }
    if (limits.maxInflatedSize() == 0) {
      args.problem("max_inflated_size", "is 0, but what clients send must have a bound");
    }
    if (limits.bounds().maxInFlightBytes() < 2 * limits.bounds().maxBodySize()) {
      args.problem(
          "max_in_flight_bytes",
          "is less than twice max_body_size, so that the largest body could never be taken; write"
              + " at least "
              + (2 * limits.bounds().maxBodySize() >> 20)
              + "MiB");
    }
  }

  private ReceiveArgs() {}
}
