package dev.stoker.write.pyroscope;

import dev.stoker.schema.Args;
import dev.stoker.write.endpoint.Protocol;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.EndpointForm;
import java.util.Map;
import java.util.Set;

/** An <code>endpoint</code> block of <code>pyroscope.write</code>. */
final class PyroscopeForm implements EndpointForm {
  @Override
  public Protocol protocol(Args args) {
    args.refuse(
        Map.of("debug_info_upload_timeout", "is not supported in this version; take it out"));
    return PyroscopeProtocol.INSTANCE;
  }

  @Override
  public String exampleUrl() {
    return "http://pyroscope:4040";
  }

  @Override
  public Set<String> reserved() {
    return Set.of("connect-protocol-version", "connect-timeout-ms");
  }

  @Override
  public void check(Args args, EndpointConfig endpoint) {
    String path = String.valueOf(endpoint.url().getPath());
    if (path.matches(".*/(ingest|push\\.v1\\.PusherService/Push)/?")) {
      args.warn(
          "url",
          "names the path of one push protocol, and pushes go below it; write the server's base URL,"
              + " such as http://pyroscope:4040");
    }
  }
}
