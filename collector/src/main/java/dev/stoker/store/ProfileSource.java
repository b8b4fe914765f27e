package dev.stoker.store;

import dev.stoker.store.StoredRecord.Series;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Profiles that can be looked through: a store on disk, or the last ones in memory. */
public sealed interface ProfileSource permits LocalStore, RecentProfiles {
  /** Profiles of the series that pass, in [from, until) Unix milliseconds, oldest first. */
  Future<List<Kept>> find(Predicate<Series> series, long from, long until);

  /** Names of services with a profile. */
  Future<Set<String>> services();

  /** One profile in a source. */
  interface Kept {
    Series series();

    long atMillis();

    /** Bytes of the body. */
    int length();

    /** Any thread; not to be changed. */
    byte[] body() throws IOException;

    /** Counts that it could not be read. Any thread. */
    void bad();
  }
}
