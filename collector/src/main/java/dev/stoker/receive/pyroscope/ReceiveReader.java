package dev.stoker.receive.pyroscope;

import dev.stoker.component.References;
import dev.stoker.receive.config.ReceiveArgs;
import dev.stoker.receive.config.ReceiveLimits;
import dev.stoker.receive.server.Listen;
import dev.stoker.schema.Args;
import dev.stoker.schema.Scalars;
import java.util.List;

/** Reads the arguments of <code>pyroscope.receive_http</code>. */
final class ReceiveReader {
  static ReceiveConfig read(String id, Args args) {
    Listen listen =
        ReceiveArgs.listen(
            args.block("http"), "http", ReceiveConfig.DEFAULT_ADDRESS, ReceiveConfig.DEFAULT_PORT);
    boolean tenant = args.get("tenant_from_header", true, Scalars.flag());
    Args limits = args.block("limits");
    ReceiveLimits read = ReceiveArgs.limits(limits);
    ReceiveConfig config =
        new ReceiveConfig(
            id,
            listen,
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

  private ReceiveReader() {}
}
