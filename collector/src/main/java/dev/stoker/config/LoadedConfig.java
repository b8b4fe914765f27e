package dev.stoker.config;

import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.store.StoreConfig;
import dev.stoker.write.WriteConfig;
import java.util.List;

/** A config without problems: records that can be trusted. */
public record LoadedConfig(
    DaemonConfig daemon,
    List<ScrapeConfig> scrapes,
    List<WriteConfig> writes,
    List<StoreConfig> stores) {
  public LoadedConfig {
    scrapes = List.copyOf(scrapes);
    writes = List.copyOf(writes);
    stores = List.copyOf(stores);
  }
}
