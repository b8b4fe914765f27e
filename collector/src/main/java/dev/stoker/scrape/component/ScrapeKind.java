package dev.stoker.scrape.component;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.ComponentKind;
import dev.stoker.component.ForwardTo;
import dev.stoker.component.HeapDemand;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.component.Running;
import dev.stoker.component.Services;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import dev.stoker.scrape.target.ScrapeConfig;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kind of component <code>pyroscope.scrape</code>: how it is read, prepared and run. */
public final class ScrapeKind implements ComponentKind<ScrapeConfig> {
  @Override
  public String name() {
    return "pyroscope.scrape";
  }

  @Override
  public List<Export> exports() {
    return List.of();
  }

  @Override
  public ScrapeConfig read(String id, Args args) {
    return ScrapeReader.read(id, args);
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public List<HttpClientConfig> clients(ScrapeConfig config) {
    return List.of(config.http());
  }

  @Override
  public HeapDemand demand(ScrapeConfig config) {
    return new HeapDemand(0, 0, config.limits().maxBodySize(), config.limits().maxInflatedSize());
  }

  /** Reads what this daemon is called in other processes; before any scrape. */
  @Override
  public Future<Void> start(Services services) {
    return ScrapeShared.of(services).openNames();
  }

  /** Opening uses the baselines of the last run up, and a start that fails must leave them. */
  @Override
  public Future<Void> take(Services services) {
    return ScrapeShared.of(services).baselines().open();
  }

  @Override
  public Prepared prepare(Preparation<ScrapeConfig> preparation) {
    ScrapeConfig config = preparation.config();
    Optional<RunningScrape> before = preparation.running(RunningScrape.class);
    boolean sameClient =
        before.filter(run -> run.config().http().equals(config.http())).isPresent();
    Next next =
        new Next(
            config,
            sameClient ? null : preparation.http(config.http()),
            preparation.forwardTo(config.forwardTo()),
            before.orElse(null),
            ScrapeShared.of(preparation.services()));
    preparation
        .graph()
        .consume(preparation.id(), config.targets(), list -> next.running().targets(list));
    return next;
  }

  /** A new component, or another config of a running one. */
  private static final class Next implements Prepared {
    private final ScrapeConfig config;
    private final @Nullable ClientAccess http;
    private final ForwardTo forwardTo;
    private final ScrapeShared shared;
    private @Nullable RunningScrape running;

    Next(
        ScrapeConfig config,
        @Nullable ClientAccess http,
        ForwardTo forwardTo,
        @Nullable RunningScrape before,
        ScrapeShared shared) {
      this.config = config;
      this.http = http;
      this.forwardTo = forwardTo;
      this.running = before;
      this.shared = shared;
    }

    RunningScrape running() {
      RunningScrape known = running;
      if (known == null) {
        throw new IllegalStateException("targets come after the commit");
      }
      return known;
    }

    @Override
    public Running commit() {
      RunningScrape before = running;
      ClientAccess client = http;
      if (before == null && client != null) {
        RunningScrape created = new RunningScrape(config, shared, client, forwardTo);
        running = created;
        return created;
      }
      RunningScrape kept = running();
      kept.reconfigure(config);
      if (client != null) {
        kept.use(client);
      }
      return kept;
    }

    @Override
    public Future<Void> abandon() {
      return Future.succeededFuture();
    }
  }
}
