package dev.stoker.receive.pyroscope;

import dev.stoker.component.References;
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

/** Reads the arguments of <code>pyroscope.receive_http</code>. */
final class ReceiveReader {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final int MAX_CONNECTIONS = 100_000;

  static ReceiveConfig read(String id, Args args) {
    Args http = args.block("http");
    Listen listen = listen(http);
    if (listen.isOpenToStrangers() && !http.failed("listen_address", "basic_auth")) {
      http.warn("listen_address", exposure(listen));
    }
    http.finish();
    boolean tenant = args.get("tenant_from_header", true, Scalars.flag());
    Args limits = args.block("limits");
    ReceiveConfig config =
        new ReceiveConfig(
            id,
            listen,
            tenant,
            limits(limits),
            args.require(
                "forward_to",
                List.of(),
                "forward_to = [ pyroscope.write.LABEL.receiver ]",
                References.receivers()));
    limits.finish();
    args.finish();
    return config;
  }

  /** What is open to strangers, for people. */
  static String exposure(Listen listen) {
    return "lets everybody who reaches "
        + listen.shown()
        + " push profiles, because there is no login; write basic_auth or bearer_token_file in"
        + " http, or listen_address = \"127.0.0.1\"";
  }

  private static Listen listen(Args http) {
    String host =
        http.get(
            "listen_address",
            ReceiveConfig.DEFAULT_ADDRESS,
            Converter.of("address", ReceiveReader::host));
    int port = http.get("listen_port", ReceiveConfig.DEFAULT_PORT, Scalars.integer(0, 65_535));
    ServerReader.Certificate own = ServerReader.certificate(http);
    return new Listen(
        host,
        port,
        new ServerConfig(ServerReader.login(http), own.cert(), own.key(), List.of(), Remote.ALL));
  }

  private static @Nullable String host(Node node) {
    String text = Scalars.text(node);
    if (text == null) {
      return null;
    }
    if (text.isEmpty()) {
      return ReceiveConfig.DEFAULT_ADDRESS;
    }
    String host = text.replaceFirst("^\\[(.*)]$", "$1");
    if (!HOST.matcher(host).matches()) {
      node.error(
          node.describe() + " is no address; write one such as 127.0.0.1, ::1, or 0.0.0.0 for all");
      return null;
    }
    return host;
  }

  private static ReceiveConfig.Limits limits(Args args) {
    ReceiveConfig.Limits defaults = ReceiveConfig.Limits.DEFAULT;
    Bounds bounds = defaults.bounds();
    Converter<Integer> count = Scalars.integer(0, Integer.MAX_VALUE);
    ReceiveConfig.Limits limits =
        new ReceiveConfig.Limits(
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
  private static void bounded(Args args, ReceiveConfig.Limits limits) {
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

  private ReceiveReader() {}
}
