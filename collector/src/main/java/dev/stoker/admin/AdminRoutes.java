package dev.stoker.admin;

import dev.stoker.admin.api.ComponentsApi;
import dev.stoker.admin.api.ConfigApi;
import dev.stoker.admin.api.DiscoveryApi;
import dev.stoker.admin.api.DiscoveryTrace;
import dev.stoker.admin.api.EndpointsApi;
import dev.stoker.admin.api.OwnProfilesApi;
import dev.stoker.admin.api.ProfilesApi;
import dev.stoker.admin.api.ReceiversApi;
import dev.stoker.admin.api.RelabelApi;
import dev.stoker.admin.api.ReloadApi;
import dev.stoker.admin.api.ScrapeNowApi;
import dev.stoker.admin.api.SupportApi;
import dev.stoker.admin.api.TargetsApi;
import dev.stoker.admin.pages.StaticPages;
import dev.stoker.admin.route.Answers;
import dev.stoker.admin.route.JsonRoutes;
import dev.stoker.admin.server.AdminServer;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.selfprofile.OwnProfiles;
import dev.stoker.store.StoreQueries;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;

/**
 * Every route of the admin server, in one list. What each one takes and answers is in <code>
 * docs/http-api.md</code> and <code>docs/openapi.yaml</code>; a test compares them with this list.
 */
public final class AdminRoutes {
  private static final int MAX_SCRAPE_REQUEST = 16 << 10;
  private static final int MAX_RELABEL_REQUEST = 96 << 10;
  private static final int MAX_SUPPORT_TARGETS = 2_000;

  private final DaemonView daemon;
  private final Services services;

  /**
   * What the routes need beside the daemon.
   *
   * @param metrics in Prometheus' text format
   * @param log the last lines that were logged
   */
  public record Services(
      CpuPool cpu,
      Timers timers,
      OwnProfiles own,
      Supplier<String> metrics,
      Supplier<String> log) {}

  public AdminRoutes(DaemonView daemon, Services services) {
    this.daemon = daemon;
    this.services = services;
  }

  public void mount(AdminServer server) {
    CpuPool cpu = services.cpu();
    TargetsApi targets = new TargetsApi(daemon::active, daemon::dropped);
    ComponentsApi components = new ComponentsApi(daemon::components, () -> daemon.config().text());
    EndpointsApi endpoints = new EndpointsApi(daemon::endpoints);
    ReceiversApi receivers = new ReceiversApi(daemon::receivers);
    ConfigApi config = new ConfigApi(daemon::config, daemon::lastReload);
    DiscoveryApi discovery =
        new DiscoveryApi(() -> new DiscoveryTrace(daemon.targets(), daemon.scrapes()));
    ScrapeNowApi scrapeNow = new ScrapeNowApi(daemon::scrapes, cpu, services.timers());
    RelabelApi relabel = new RelabelApi(daemon::rules, cpu);
    ReloadApi reload = new ReloadApi(daemon::reload);
    ProfilesApi profiles =
        new ProfilesApi(new StoreQueries(daemon::profiles, cpu), services.timers());
    OwnProfilesApi own = new OwnProfilesApi(services.own());
    SupportApi support =
        new SupportApi(
            List.of(
                new SupportApi.Part("config.json", () -> config.show().toBuffer()),
                new SupportApi.Part("components.json", () -> components.list().toBuffer()),
                new SupportApi.Part("endpoints.json", () -> endpoints.list().toBuffer()),
                new SupportApi.Part("receivers.json", () -> receivers.list().toBuffer()),
                new SupportApi.Part(
                    "targets.json", () -> targets.worst(MAX_SUPPORT_TARGETS).toBuffer()),
                new SupportApi.Part("metrics.txt", () -> Buffer.buffer(services.metrics().get())),
                new SupportApi.Part("log.txt", () -> Buffer.buffer(services.log().get()))),
            cpu);

    Router router = server.router();
    JsonRoutes json = new JsonRoutes(router);
    // Answered at once, whatever else is asked for.
    router.get("/-/healthy").handler(AdminRoutes::healthy);
    router.get("/-/ready").handler(this::ready);
    router.get("/api/v1/access").handler(server::access);
    server.takeTurns();
    router.get("/metrics").handler(this::metrics);
    json.piecewise("/api/v1/targets", targets::list);
    json.get("/api/v1/targets/search", targets::search);
    json.post("/api/v1/targets/scrape", MAX_SCRAPE_REQUEST, scrapeNow::scrape);
    json.get("/api/v1/discovery", discovery::search);
    json.list("/api/v1/components", components::list);
    json.get("/api/v1/components/config", components::config);
    json.list("/api/v1/endpoints", endpoints::list);
    json.list("/api/v1/receivers", receivers::list);
    json.get("/api/v1/config", params -> config.show());
    json.post("/api/v1/relabel", MAX_RELABEL_REQUEST, relabel::explain);
    json.get("/api/v1/relabel/rules", relabel::rules);
    json.later("/api/v1/profiles/services", profiles::services);
    json.later("/api/v1/profiles/types", profiles::types);
    json.later("/api/v1/profiles/flamegraph", profiles::flamegraph);
    json.later("/api/v1/profiles/diff", profiles::diff);
    router.post("/-/reload").handler(reload::reload);
    router.get("/-/reload").handler(reload::askedByGet);
    router.get("/-/support").handler(support::bundle);
    router.get("/debug/pprof").handler(own::index);
    router.get("/debug/pprof/").handler(own::index);
    router.get("/debug/pprof/:name").handler(own::profile);
    new StaticPages().mount(router);
  }

  private static void healthy(RoutingContext context) {
    Answers.text(context, 200, "Stoker is healthy.\n");
  }

  private void ready(RoutingContext context) {
    if (daemon.ready()) {
      Answers.text(context, 200, "Stoker is ready.\n");
    } else {
      Answers.text(context, 503, "Stoker is not ready: it is starting or stopping.\n");
    }
  }

  private void metrics(RoutingContext context) {
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
        .end(services.metrics().get());
  }
}
