package dev.stoker.receive.otlp;

import dev.stoker.component.References;
import dev.stoker.otlp.decode.OtlpRequest;
import dev.stoker.receive.config.ReceiveArgs;
import dev.stoker.receive.config.ReceiveLimits;
import dev.stoker.receive.server.Bounds;
import dev.stoker.receive.server.Listen;
import dev.stoker.schema.Args;
import dev.stoker.schema.Scalars;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the arguments of <code>otlp.receive</code>. */
final class OtlpReceiveReader {
  static OtlpReceiveConfig read(String id, Args args) {
    Listen grpc = listen(args, "grpc", OtlpReceiveConfig.GRPC_PORT);
    Listen http = listen(args, "http", OtlpReceiveConfig.HTTP_PORT);
    if (grpc == null && http == null) {
      args.problem(
          "", "has neither grpc nor http, so it listens nowhere; write http {} or grpc {}");
    } else if (grpc != null && http != null && grpc.port() != 0 && isSame(grpc, http)) {
      args.problem("http", "listens where grpc listens; choose another listen_port");
    }
    boolean tenant = args.get("tenant_from_header", true, Scalars.flag());
    Args limits = args.block("limits");
    ReceiveLimits read = ReceiveArgs.limits(limits);
    readable(limits, read.bounds());
    OtlpReceiveConfig config =
        new OtlpReceiveConfig(
            id,
            new OtlpReceiveConfig.Doors(grpc, http),
            tenant,
            read,
            args.require(
                "forward_to",
                List.of(),
                "forward_to = [ pyroscope.write.LABEL.receiver ]",
                References.receivers()));
    limits.finish();
    args.finish();
    return config;
  }

  /** The largest body has to become profiles in the same memory. */
  private static void readable(Args limits, Bounds bounds) {
    long enough = OtlpRequest.enough(bounds.maxBodySize());
    boolean said = bounds.maxInFlightBytes() < 2 * bounds.maxBodySize();
    boolean known = bounds.maxBodySize() > 0 && !limits.failed("max_body_size");
    if (!said && known && bounds.maxInFlightBytes() < enough) {
      limits.problem(
          "max_in_flight_bytes",
          "is less than three times max_body_size and 1 MiB, so that the largest request could never"
              + " be read; write at least "
              + ((enough + (1 << 20) - 1) >> 20)
              + "MiB, or a smaller max_body_size");
    }
  }

  private static boolean isSame(Listen one, Listen other) {
    return one.host().equals(other.host()) && one.port() == other.port();
  }

  /** Null = the block is not there, so this protocol is off. */
  private static @Nullable Listen listen(Args args, String block, int port) {
    Args own = args.block(block);
    if (!args.has(block)) {
      return null;
    }
    return ReceiveArgs.listen(own, block, OtlpReceiveConfig.DEFAULT_ADDRESS, port);
  }

  private OtlpReceiveReader() {}
}
