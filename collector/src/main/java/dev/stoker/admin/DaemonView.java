package dev.stoker.admin;

import dev.stoker.admin.api.ComponentView;
import dev.stoker.admin.api.ConfigApi;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.relabel.Relabeler;
import dev.stoker.reload.LastReload;
import dev.stoker.reload.ReloadResult;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.loop.TargetView;
import dev.stoker.store.ProfileSource;
import dev.stoker.write.endpoint.EndpointStatus;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * The daemon as the admin server sees it. Every reload changes what runs, so the routes ask at each
 * request.
 */
public interface DaemonView {
  /**
   * Whether every discovery has delivered its first result or error, and Stoker is not stopping.
   */
  boolean ready();

  ConfigApi.Shown config();

  LastReload lastReload();

  /** Loads the config again, and completes when the new one runs or was refused. */
  Future<ReloadResult> reload();

  List<ComponentView> components();

  /** The targets on their way from discovery to scraping. */
  TargetGraph targets();

  List<ScrapeComponent> scrapes();

  List<TargetView> active();

  List<DroppedTarget> dropped();

  List<EndpointStatus> endpoints();

  /** The ports that take what clients push. */
  List<ReceiverStatus> receivers();

  /** The profiles that this machine keeps. */
  List<? extends ProfileSource> profiles();

  /** The rules of <code>discovery.relabel</code> components by their id. */
  Map<String, Relabeler> rules();
}
