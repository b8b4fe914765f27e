package dev.stoker.admin.server;

import dev.stoker.admin.route.Answers;
import dev.stoker.http.server.Remote;
import dev.stoker.http.server.ServerAccess;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients of other machines may do without a login, see <code>stoker.http.remote</code>. Near
 * is who connects from one of this machine's own addresses, by what no web page and no proxy sends:
 * a browser may be made to ask here under a name of a stranger (DNS rebinding), and behind a proxy
 * (or a sidecar of a service mesh) everybody seems to come from this machine. What a proxy says of
 * its client is never believed; that there is a proxy, is.
 */
final class RemoteAccess {
  private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
  private static final Set<String> PROBES = Set.of("/-/healthy", "/-/ready", "/metrics");
  private static final Set<String> OF_PROXIES = Set.of("forwarded", "x-real-ip", "via");

  /** Proxies in general, Envoy (Istio and others) and Linkerd, whose sidecars add no other. */
  private static final List<String> BEGIN_OF_PROXIES = List.of("x-forwarded-", "x-envoy-", "l5d-");

  /** Begins an answer; a page says itself what is closed. */
  private static final String REFUSED = "refused: ";

  private static final String HOW =
      REFUSED
          + "without a login, only clients on Stoker's own machine may do this; %s. To allow it,"
          + " set a login (stoker.http.basic_auth or bearer_token) or stoker.http.remote ="
          + " \"all\"; `kubectl port-forward` and requests to 127.0.0.1 need neither";

  private final ServerAccess settings;
  private final Peers peers;

  RemoteAccess(ServerAccess settings, Peers peers) {
    this.settings = settings;
    this.peers = peers;
  }

  /** Before all other routes: the same matching finds what is costly and what serves it. */
  void mount(Router router) {
    router.route().handler(this::checkMethodAndPath);
    router.route("/debug/*").handler(this::checkCostly);
    router.route("/-/support").handler(this::checkCostly);
  }

  private static boolean isOfProxy(String header) {
    return OF_PROXIES.contains(header) || BEGIN_OF_PROXIES.stream().anyMatch(header::startsWith);
  }

  /** What the client of a request may do. */
  JsonObject shown(HttpServerRequest request) {
    String closed = closed(request);
    return new JsonObject()
        .put("changes", closed.isEmpty())
        .put("reason", closed.isEmpty() ? null : closed.substring(REFUSED.length()));
  }

  private void checkMethodAndPath(RoutingContext context) {
    boolean probe = PROBES.contains(context.normalizedPath());
    boolean reads = READING.contains(context.request().method());
    boolean allowed = reads && (probe || settings.remote() != Remote.PROBES);
    check(context, allowed);
  }

  private void checkCostly(RoutingContext context) {
    check(context, false);
  }

  private void check(RoutingContext context, boolean allowedForAll) {
    String closed = allowedForAll ? "" : closed(context.request());
    if (closed.isEmpty()) {
      context.next();
    } else {
      Answers.error(context, 403, closed);
    }
  }

  /**
   * @return why this client may not, for people; "" = it may
   */
  private String closed(HttpServerRequest request) {
    if (settings.hasLogin() || settings.remote() == Remote.ALL) {
      return "";
    }
    if (!peers.isNear(request)) {
      return HOW.formatted("this request comes from " + peer(request));
    }
    for (String header : request.headers().names()) {
      if (isOfProxy(header.toLowerCase(Locale.ROOT))) {
        return HOW.formatted(
            "this request came through a proxy (it has the header " + header + ")");
      }
    }
    return isOfThisMachine(request.authority())
        ? ""
        : HOW.formatted("this request names " + request.authority() + " in its Host header");
  }

  private static String peer(HttpServerRequest request) {
    return request.remoteAddress() == null ? "somewhere" : request.remoteAddress().hostAddress();
  }

  /** A name with a dot may be a stranger's, whose DNS server says that it is us. */
  private static boolean isOfThisMachine(@Nullable HostAndPort authority) {
    String host = authority == null ? "" : authority.host();
    return !host.contains(".") || host.contains(":") || host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }
}
