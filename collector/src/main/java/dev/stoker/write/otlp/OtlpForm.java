package dev.stoker.write.otlp;

import dev.stoker.schema.Args;
import dev.stoker.schema.Scalars;
import dev.stoker.write.endpoint.Protocol;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.EndpointForm;
import java.util.Map;
import java.util.Set;

/** An <code>endpoint</code> block of <code>otlp.write</code>. */
final class OtlpForm implements EndpointForm {
  private static final Map<String, OtlpProtocol> PROTOCOLS =
      Map.of(
          OtlpProtocol.HTTP.text(), OtlpProtocol.HTTP, OtlpProtocol.GRPC.text(), OtlpProtocol.GRPC);

  @Override
  public Protocol protocol(Args args) {
    return args.get("protocol", OtlpProtocol.HTTP, Scalars.choice(PROTOCOLS));
  }

  @Override
  public String exampleUrl() {
    return "http://collector:4318";
  }

  @Override
  public Set<String> reserved() {
    return Set.of("grpc-accept-encoding", "grpc-encoding", "grpc-timeout");
  }

  @Override
  public void check(Args args, EndpointConfig endpoint) {
    String path = String.valueOf(endpoint.url().getPath());
    if (path.matches(".*/(v1development/profiles|[a-z.0-9]*ProfilesService(/Export)?)/?")) {
      args.warn(
          "url",
          "names the path of profiles, and requests go below it; write the server's base URL, such"
              + " as http://collector:4318");
    }
  }
}
