package dev.stoker.admin.server;

import dev.stoker.admin.route.Answers;
import dev.stoker.http.server.ServerAccess;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands before all routes: who is not logged in, and pages of other sites, get no further. A
 * browser sends its user's login, or simply reaches loopback, for any page that asks: what changes
 * something must come from our own pages or from no browser, and without a login on loopback the
 * Host must be a loopback one, so that no name of a stranger is made to point here (DNS rebinding).
 */
final class RequestGuard {
  private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final ServerAccess settings;
  private final boolean loopback;

  /**
   * @param host that the server listens on
   */
  RequestGuard(ServerAccess settings, String host) {
    this.settings = settings;
    this.loopback = isLoopback(host);
  }

  void check(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (loopback && !settings.hasLogin() && !isLoopback(hostOf(request))) {
      Answers.error(context, 403, "refused: the Host header names another machine");
    } else if (!READING.contains(request.method()) && isForeign(request)) {
      Answers.error(context, 403, "refused: the request comes from a page of another site");
    } else if (!settings.isAllowed(
        context.normalizedPath(), request.getHeader(HttpHeaders.AUTHORIZATION))) {
      context.response().putHeader("WWW-Authenticate", settings.challenge());
      Answers.error(context, 401, "log in: this path needs the credentials of stoker.http");
    } else {
      context.next();
    }
  }

  private static boolean isForeign(HttpServerRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    HostAndPort authority = request.authority();
    boolean other =
        origin != null
            && (authority == null
                || !origin.replaceFirst("^https?://", "").equals(text(authority)));
    return (site != null && !OWN_SITES.contains(site)) || other;
  }

  private static String text(HostAndPort authority) {
    return authority.port() < 0 ? authority.host() : authority.host() + ":" + authority.port();
  }

  private static String hostOf(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    return authority == null ? "" : authority.host();
  }

  private static boolean isLoopback(@Nullable String host) {
    return host != null
        && (host.equals("localhost")
            || host.matches("127(\\.\\d{1,3}){3}")
            || host.equals("::1")
            || host.equals("[::1]"));
  }
}
