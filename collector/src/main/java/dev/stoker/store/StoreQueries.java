package dev.stoker.store;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.flame.FlameDiff;
import dev.stoker.pprof.flame.FlameTree;
import dev.stoker.pprof.flame.ProfileStacks;
import dev.stoker.store.ProfileSource.Kept;
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
 * Reads the stores. Bodies are read, inflated and merged on the CPU pool. One query merges a
 * bounded number of profiles and bytes, the newest first.
 */
public final class StoreQueries {
  private static final int MAX_PROFILES = 4_000;
  private static final long MAX_BYTES = 128L << 20;
  private static final long MAX_INFLATED = 64L << 20;
  private static final int MAX_TREE_NODES = 200_000;
  private static final int TOP = 200;

  /** Stretches of a range whose totals are told one by one. */
  static final int BUCKETS = 60;

  private static final int TRIES_PER_NAME = 3;

  private final Supplier<List<? extends ProfileSource>> stores;
  private final CpuPool cpu;

  /**
   * @param stores the running ones at the time of a query; a reload may change them
   */
  public StoreQueries(Supplier<List<? extends ProfileSource>> stores, CpuPool cpu) {
    this.stores = stores;
    this.cpu = cpu;
  }

  /** Whether they are kept on disk, not in memory only. */
  public boolean lasting() {
    return stores.get().stream().anyMatch(LocalStore.class::isInstance);
  }

  /** Names of services with at least one profile, sorted. */
  public Future<Set<String>> services() {
    List<Future<Set<String>>> parts =
        stores.get().stream().<Future<Set<String>>>map(ProfileSource::services).toList();
    return Future.all(parts)
        .map(
            all -> {
              Set<String> names = new TreeSet<>();
              parts.forEach(part -> names.addAll(part.result()));
              return names;
            });
  }

  /** Profile types of a service, from the newest readable profile of each name. */
  public Future<List<ProfileTypeId>> types(String service) {
    return select(series -> series.service().equals(service), Long.MIN_VALUE, Long.MAX_VALUE)
        .compose(found -> cpu.submit(() -> types(found)));
  }

  public Future<FlameGraph> flameGraph(Query query) {
    return select(query).compose(found -> cpu.submit(() -> merge(found, query).graph(query)));
  }

  /**
   * Two ranges of a series, each per profile, so that their lengths do not matter.
   *
   * @param query the later one, or whatever is to be compared
   * @param from Unix milliseconds, inclusive: of the range that it is compared with
   * @param until exclusive
   */
  public Future<Compared> compare(Query query, long from, long until) {
    Query base = new Query(query.service(), query.type(), from, until, query.maxNodes());
    return select(base)
        .compose(
            before ->
                select(query)
                    .compose(
                        after ->
                            cpu.submit(() -> compared(merge(before, base), merge(after, query)))));
  }

  private static Compared compared(Merged before, Merged after) {
    FlameDiff diff =
        new FlameDiff(before.tree(), after.tree(), before.perProfile(), after.perProfile());
    return new Compared(diff, before.profiles(), after.profiles());
  }

  /**
   * @param before profiles in the base range
   * @param after profiles in the other
   */
  public record Compared(FlameDiff diff, int before, int after) {}

  private Future<List<Kept>> select(Query query) {
    return select(
        series ->
            series.service().equals(query.service()) && series.name().equals(query.type().name()),
        query.from(),
        query.until());
  }

  /** Profiles of a range as one tree, and their totals by time. */
  private record Merged(
      FlameTree tree, int series, int profiles, int skipped, boolean truncated, long[] totals) {
    double perProfile() {
      return profiles == 0 ? 0 : 1.0 / profiles;
    }

    FlameGraph graph(Query query) {
      double divisor = query.type().isLevel() && profiles > 0 ? (double) profiles / series : 1;
      return new FlameGraph(
          tree.tree(query.maxNodes()),
          tree.top(TOP),
          divisor,
          new FlameGraph.Source(profiles, skipped, truncated),
          totals);
    }
  }

  /**
   * @param from Unix milliseconds, inclusive
   * @param until Unix milliseconds, exclusive
   * @param maxNodes of the answer
   */
  public record Query(String service, ProfileTypeId type, long from, long until, int maxNodes) {
    int bucket(long atMillis) {
      double at = (double) (atMillis - from) / (until - from) * BUCKETS;
      return Math.max(0, Math.min(BUCKETS - 1, (int) at));
    }
  }

  private Future<List<Kept>> select(Predicate<Series> wanted, long from, long until) {
    List<Future<List<Kept>>> parts = new ArrayList<>();
    for (ProfileSource store : stores.get()) {
      parts.add(store.find(wanted, from, until));
    }
    return Future.all(parts)
        .map(
            all -> {
              List<Kept> found = new ArrayList<>();
              for (Future<List<Kept>> part : parts) {
                found.addAll(part.result());
              }
              found.sort(Comparator.comparingLong((Kept f) -> f.atMillis()).reversed());
              return found;
            });
  }

  private static List<ProfileTypeId> types(List<Kept> newestFirst) {
    Map<String, List<Kept>> byName = new LinkedHashMap<>();
    for (Kept found : newestFirst) {
      List<Kept> some = byName.computeIfAbsent(found.series().name(), ignored -> new ArrayList<>());
      if (some.size() < TRIES_PER_NAME) {
        some.add(found);
      }
    }
    List<ProfileTypeId> types = new ArrayList<>();
    byName.forEach(
        (name, some) -> {
          for (Kept found : some) {
            ProfileStacks profile = read(found);
            if (profile != null) {
              types.addAll(ProfileTypeId.of(name, profile));
              break;
            }
          }
        });
    types.sort(Comparator.comparing(ProfileTypeId::toString));
    return types;
  }

  private static Merged merge(Collection<Kept> newestFirst, Query query) {
    FlameTree tree = new FlameTree(MAX_TREE_NODES);
    Set<Series> series = new HashSet<>();
    int merged = 0;
    int skipped = 0;
    long bytes = 0;
    boolean truncated = false;
    long[] totals = new long[BUCKETS];
    for (Kept found : newestFirst) {
      bytes += found.length();
      if (merged + skipped >= MAX_PROFILES || bytes > MAX_BYTES) {
        truncated = true;
        break;
      }
      long before = tree.total();
      if (add(found, query.type(), tree)) {
        merged++;
        series.add(found.series());
        totals[query.bucket(found.atMillis())] += tree.total() - before;
      } else {
        skipped++;
      }
    }
    return new Merged(tree, series.size(), merged, skipped, truncated, totals);
  }

  private static boolean add(Kept found, ProfileTypeId type, FlameTree tree) {
    ProfileStacks profile = read(found);
    int index = profile == null ? -1 : type.indexIn(profile);
    if (profile == null || index < 0) {
      return false;
    }
    try {
      tree.add(profile, index);
      return true;
    } catch (MalformedProfileException bad) {
      found.bad();
      return false;
    }
  }

  private static @Nullable ProfileStacks read(Kept found) {
    try {
      return ProfileStacks.read(found.body(), MAX_INFLATED);
    } catch (MalformedProfileException | IOException bad) {
      found.bad();
      return null;
    }
  }
}
