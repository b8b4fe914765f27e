package dev.stoker.receive;

import dev.stoker.http.server.ServerAccess;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the head of a request says, in every protocol: who sends, and whether it may. */
public final class Heads {
  private static final String TENANT = "X-Scope-OrgID";

  /** What is wrong with login or method; null = nothing. */
  public static @Nullable Refusal login(Arrival arrival, String path) {
    HttpServerRequest request = arrival.request();
    ServerAccess access = arrival.access();
    if (!access.isAllowed(path, request.getHeader(HttpHeaders.AUTHORIZATION))) {
      arrival.response().putHeader("WWW-Authenticate", access.challenge());
      return new Refusal(
          Refusal.Kind.UNAUTHENTICATED, "log in: the receiver needs the credentials of its config");
    }
    if (!request.method().equals(HttpMethod.POST)) {
      arrival.response().putHeader("Allow", "POST");
      return new Refusal(Refusal.Kind.METHOD, "method not allowed: this path takes POST");
    }
    return null;
  }

  /** What is wrong with the tenant; null = nothing. */
  public static @Nullable Refusal tenant(HttpServerRequest request, boolean tenantFromHeader) {
    String tenant = request.getHeader(TENANT);
    boolean wrong =
        tenantFromHeader && tenant != null && !tenant.isEmpty() && !Tenants.isValid(tenant);
    return wrong
        ? Refusal.invalid(
            TENANT + " is no tenant: it may have 150 characters, letters, digits and !-_.*'() only")
        : null;
  }

  /** How a body is compressed; "" = not. */
  public static String encoding(HttpServerRequest request, CharSequence header) {
    String encoding = request.getHeader(header);
    return encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT);
  }

  /** The refusal of a compression that no receiver knows; null = it is a known one. */
  public static @Nullable Refusal compression(String encoding) {
    return List.of("", "identity", "gzip").contains(encoding)
        ? null
        : new Refusal(
            Refusal.Kind.UNSUPPORTED,
            "unknown compression "
                + InvalidPush.shown(encoding)
                + "; supported are gzip and identity");
  }

  /** Who sends, before it is known whether it may. */
  public static Sender stranger(Arrival arrival) {
    return new Sender(arrival.peer(), agent(arrival.request()), "");
  }

  /** Who sends, and for which tenant. */
  public static Sender sender(Arrival arrival, boolean tenantFromHeader) {
    String tenant = arrival.request().getHeader(TENANT);
    return new Sender(
        arrival.peer(),
        agent(arrival.request()),
        tenant == null || !tenantFromHeader ? "" : tenant);
  }

  private static String agent(HttpServerRequest request) {
    String agent = request.getHeader(HttpHeaders.USER_AGENT);
    return agent == null ? "" : agent;
  }

  private Heads() {}
}
