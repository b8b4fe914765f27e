package dev.stoker.config;

import dev.stoker.store.StoreConfig;

/** <code>stoker.store</code>. */
final class StoreReader {
  static StoreConfig read(String id, Args args) {
    StoreConfig config =
        new StoreConfig(
            id,
            args.get("retention", StoreConfig.DEFAULT_RETENTION, Quantities.duration("1h")),
            args.get("max_size", StoreConfig.DEFAULT_MAX_SIZE, Quantities.positiveSize("512MiB")));
    args.finish();
    return config;
  }

  private StoreReader() {}
}
