package dev.stoker.app;

import dev.stoker.admin.DiscoveryApi;
import dev.stoker.admin.DiscoveryTrace;
import dev.stoker.admin.RelabelApi;
import dev.stoker.admin.ScrapeNowApi;
import dev.stoker.admin.StaticPages;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.config.RulesFile;
import dev.stoker.discovery.RelabelConfig;
import dev.stoker.relabel.Relabeler;
import io.vertx.ext.web.Router;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pages and the API that only they need; all of it looks at the graph at each request. */
final class AdminPages {
  private final CpuPool cpu;
  private final Timers timers;

  AdminPages(CpuPool cpu, Timers timers) {
    this.cpu = cpu;
    this.timers = timers;
  }

  void mount(Router router, RunningGraph running) {
    new DiscoveryApi(() -> new DiscoveryTrace(running.targets(), running.scrapes())).mount(router);
    new ScrapeNowApi(running::scrapes, cpu, timers).mount(router);
    new RelabelApi(AdminPages::parse, () -> rules(running.config().all(RelabelConfig.class)), cpu)
        .mount(router);
    new StaticPages().mount(router);
  }

  private static Map<String, Relabeler> rules(List<RelabelConfig> relabels) {
    Map<String, Relabeler> rules = new LinkedHashMap<>();
    relabels.forEach(relabel -> rules.put(relabel.component(), relabel.relabeler()));
    return rules;
  }

  private static RelabelApi.Parsed parse(String text) {
    RulesFile.Result result = RulesFile.parse(text);
    return new RelabelApi.Parsed(
        result.rules(),
        result.problems().stream()
            .map(p -> new RelabelApi.Wrong(p.line(), p.path(), p.message()))
            .toList());
  }
}
