package dev.stoker.store;

import dev.stoker.component.ComponentKind;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.component.Running;
import dev.stoker.component.Services;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import dev.stoker.schema.Quantities;
import io.vertx.core.Future;
import java.util.List;

/** <code>stoker.store</code>. */
public final class StoreKind implements ComponentKind<StoreConfig> {
  @Override
  public String name() {
    return "stoker.store";
  }

  @Override
  public List<Export> exports() {
    return List.of(new Export("receiver", Export.Type.RECEIVER));
  }

  @Override
  public StoreConfig read(String id, Args args) {
    StoreConfig config =
        new StoreConfig(
            id,
            args.get("retention", StoreConfig.DEFAULT_RETENTION, Quantities.duration("1h")),
            args.get("max_size", StoreConfig.DEFAULT_MAX_SIZE, Quantities.positiveSize("512MiB")));
    args.finish();
    return config;
  }

  /** Without a store, memory keeps some profiles for the pages. */
  @Override
  public Future<Void> start(Services services) {
    RecentProfiles.of(services).stores(0);
    return Future.succeededFuture();
  }

  @Override
  public Prepared prepare(Preparation<StoreConfig> preparation) {
    return preparation
        .running(RunningStore.class)
        .map(running -> change(running, preparation.config()))
        .orElseGet(() -> create(preparation));
  }

  private static Prepared change(RunningStore running, StoreConfig config) {
    return new Prepared() {
      @Override
      public Running commit() {
        running.reconfigure(config);
        return running;
      }

      @Override
      public Future<Void> abandon() {
        return Future.succeededFuture();
      }
    };
  }

  private static Prepared create(Preparation<StoreConfig> preparation) {
    Services services = preparation.services();
    LocalStore store = new LocalStore(preparation.config(), services.storage(), services.timers());
    return new Prepared() {
      @Override
      public Future<List<String>> open() {
        return store
            .start()
            .map(ignored -> List.<String>of())
            .otherwise(failure -> List.of("its folder cannot be used: " + failure));
      }

      @Override
      public Running commit() {
        return new RunningStore(store, services);
      }

      @Override
      public Future<Void> abandon() {
        return store.stop();
      }
    };
  }
}
