package dev.stoker.config.daemon;

import dev.stoker.http.schema.ServerReader;
import dev.stoker.http.server.Remote;
import dev.stoker.http.server.ServerConfig;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads who may use the admin server. That is all of <code>stoker.http</code> but the address. */
public final class AdminReader {
  private static final Map<String, Remote> REMOTE =
      Map.of("read", Remote.READ, "all", Remote.ALL, "probes", Remote.PROBES);

  static ServerConfig read(Args http) {
    ServerReader.Certificate own = ServerReader.certificate(http);
    return new ServerConfig(
        ServerReader.login(http),
        own.cert(),
        own.key(),
        http.get(
            "open_paths",
            ServerConfig.OPEN,
            Converter.of(
                "list of paths", AdminReader::paths, paths -> Scalars.texts().shown(paths))),
        http.get("remote", Remote.READ, Scalars.choice(REMOTE)));
  }

  /**
   * @return what is open to strangers, for people; "" = nothing that should worry them
   */
  public static String exposure(DaemonConfig daemon) {
    ServerConfig access = daemon.access();
    boolean open = !access.hasLogin() && access.remote() == Remote.ALL;
    return !open || isLoopback(daemon.host())
        ? ""
        : "lets everybody who reaches "
            + daemon.host()
            + ":"
            + daemon.port()
            + " reload the config, run rules and take profiles of Stoker; set a login (basic_auth"
            + " or bearer_token), leave remote at \"read\", or listen on 127.0.0.1";
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
  }

  private static @Nullable List<String> paths(Node node) {
    List<String> paths = Scalars.texts().convert(node);
    if (paths != null && !paths.stream().allMatch(path -> path.startsWith("/"))) {
      node.error("holds what is no path; write paths such as \"/metrics\"");
      return null;
    }
    return paths;
  }

  private AdminReader() {}
}
