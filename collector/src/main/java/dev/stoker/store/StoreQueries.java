package dev.stoker.store;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.FlameTree;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.PprofReader;
import dev.stoker.pprof.PprofReaderProfile;
import dev.stoker.store.StoredRecord.Series;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stores: call on the control context; bodies are read, inflated and merged on the CPU
 * pool. One query merges a bounded number of profiles and bytes, the newest first.
 */
public final class StoreQueries {
  private static final int MAX_PROFILES = 4_000;
  private static final long MAX_BYTES = 128L << 20;
  private static final long MAX_INFLATED = 64L << 20;
  private static final int MAX_TREE_NODES = 200_000;
  private static final int TOP = 200;
  private static final int TRIES_PER_NAME = 3;

  private final Supplier<List<LocalStore>> stores;
  private final CpuPool cpu;

  /**
   * @param stores the running ones at the time of a query; a reload may change them
   */
  public StoreQueries(Supplier<List<LocalStore>> stores, CpuPool cpu) {
    this.stores = stores;
    this.cpu = cpu;
  }

  int storeCount() {
    return stores.get().size();
  }

  /** Names of services with at least one profile, sorted. */
  Future<Set<String>> services() {
    List<Future<Set<String>>> parts = stores.get().stream().map(LocalStore::services).toList();
    return Future.all(parts)
        .map(
            all -> {
              Set<String> names = new TreeSet<>();
              parts.forEach(part -> names.addAll(part.result()));
              return names;
            });
  }

  /** Profile types of a service, from the newest readable profile of each name. */
  Future<List<ProfileTypeId>> types(String service) {
    return select(series -> series.service().equals(service), Long.MIN_VALUE, Long.MAX_VALUE)
        .compose(found -> cpu.submit(() -> types(found)));
  }

  Future<FlameGraph> flameGraph(Query query) {
    Predicate<Series> wanted =
        series ->
            series.service().equals(query.service()) && series.name().equals(query.type().name());
    return select(wanted, query.from(), query.until())
        .compose(found -> cpu.submit(() -> merge(found, query)));
  }

  /**
   * @param from Unix milliseconds, inclusive
   * @param until Unix milliseconds, exclusive
   * @param maxNodes of the answer
   */
  record Query(String service, ProfileTypeId type, long from, long until, int maxNodes) {}

  /** What a reader needs to count against. */
  private record Found(LocalStore store, StoredRecord stored) {
    Series series() {
      return stored.series();
    }
  }

  private Future<List<Found>> select(Predicate<Series> wanted, long from, long until) {
    List<Future<List<Found>>> parts = new ArrayList<>();
    for (LocalStore store : stores.get()) {
      parts.add(
          store
              .select(wanted, from, until)
              .map(all -> all.stream().map(stored -> new Found(store, stored)).toList()));
    }
    return Future.all(parts)
        .map(
            all -> {
              List<Found> found = new ArrayList<>();
              for (Future<List<Found>> part : parts) {
                found.addAll(part.result());
              }
              found.sort(Comparator.comparingLong((Found f) -> f.stored().atMillis()).reversed());
              return found;
            });
  }

  private static List<ProfileTypeId> types(List<Found> newestFirst) {
    Map<String, List<Found>> byName = new LinkedHashMap<>();
    for (Found found : newestFirst) {
      List<Found> some =
          byName.computeIfAbsent(found.series().name(), ignored -> new ArrayList<>());
      if (some.size() < TRIES_PER_NAME) {
        some.add(found);
      }
    }
    List<ProfileTypeId> types = new ArrayList<>();
    byName.forEach(
        (name, some) -> {
          for (Found found : some) {
            PprofReaderProfile profile = read(found);
            if (profile != null) {
              types.addAll(ProfileTypeId.of(name, profile));
              break;
            }
          }
        });
    types.sort(Comparator.comparing(ProfileTypeId::toString));
    return types;
  }

  private static FlameGraph merge(Collection<Found> newestFirst, Query query) {
    FlameTree tree = new FlameTree(MAX_TREE_NODES);
    Set<Series> series = new HashSet<>();
    int merged = 0;
    int skipped = 0;
    long bytes = 0;
    boolean truncated = false;
    for (Found found : newestFirst) {
      bytes += found.stored().length();
      if (merged + skipped >= MAX_PROFILES || bytes > MAX_BYTES) {
        truncated = true;
        break;
      }
      if (add(found, query.type(), tree)) {
        merged++;
        series.add(found.series());
      } else {
        skipped++;
      }
    }
    double divisor = query.type().isLevel() && merged > 0 ? (double) merged / series.size() : 1;
    return new FlameGraph(
        tree.tree(query.maxNodes()), tree.top(TOP), divisor, merged, skipped, truncated);
  }

  private static boolean add(Found found, ProfileTypeId type, FlameTree tree) {
    PprofReaderProfile profile = read(found);
    int index = profile == null ? -1 : type.indexIn(profile);
    if (profile == null || index < 0) {
      return false;
    }
    try {
      tree.add(profile, index);
      return true;
    } catch (MalformedProfileException bad) {
      found.store().counters().add(StoreCounters.Reason.BAD);
      return false;
    }
  }

  private static @Nullable PprofReaderProfile read(Found found) {
    try {
      return PprofReader.read(Segment.read(found.stored()), MAX_INFLATED);
    } catch (MalformedProfileException | IOException bad) {
      found.store().counters().add(StoreCounters.Reason.BAD);
      return null;
    }
  }
}
