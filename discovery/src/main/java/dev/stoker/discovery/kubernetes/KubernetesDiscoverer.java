package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.kubernetes.api.ApiClients;
import dev.stoker.discovery.kubernetes.labels.Groups;
import dev.stoker.discovery.kubernetes.labels.Lookups;
import dev.stoker.discovery.kubernetes.labels.MalformedObjects;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.objects.Skipped;
import dev.stoker.discovery.kubernetes.watch.KindWatch;
import dev.stoker.discovery.kubernetes.watch.Watches;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * <code>discovery.kubernetes</code>: one group of targets for each object of its role's kind. A
 * change builds the groups of the changed objects again, and those that have looked something up in
 * them.
 */
public final class KubernetesDiscoverer
    implements Discoverer, KindWatch.Subscriber, Lookups.Objects {
  /** Groups that are built before they count in the memory for targets. */
  private static final int AT_ONCE = 500;

  private final KubernetesConfig config;
  private final Watches watches;
  private final Vertx vertx;
  private final List<KindWatch> used = new ArrayList<>();

  private final Dependents dependents = new Dependents();
  private final MalformedObjects malformed = new MalformedObjects();

  /** Those of the role's kind whose groups are told: all that these look up is there too. */
  private final Set<KindWatch> open = new HashSet<>();

  private @Nullable Listener listener;
  private boolean first = true;

  public KubernetesDiscoverer(KubernetesConfig config, Watches watches, Vertx vertx) {
    this.config = config;
    this.watches = watches;
    this.vertx = vertx;
  }

  @Override
  public void start(Listener to) {
    listener = to;
    namespaces()
        .onSuccess(this::watch)
        .onFailure(failure -> to.failed(String.valueOf(failure.getMessage())));
  }

  private Future<Set<String>> namespaces() {
    Set<String> names = new LinkedHashSet<>(config.namespaces());
    if (!config.ownNamespace()) {
      return Future.succeededFuture(names);
    }
    return vertx
        .executeBlocking(ApiClients::ownNamespace, false)
        .map(
            own -> {
              names.add(own);
              return names;
            });
  }

  private void watch(Set<String> namespaces) {
    if (listener == null) {
      return;
    }
    Set<Kind> kinds = new LinkedHashSet<>();
    kinds.add(config.role().primary());
    kinds.addAll(config.role().looksUp());
    if (config.attach().node() && config.role() != Role.NODE) {
      kinds.add(Kind.NODE);
    }
    if (config.attach().namespace() && config.role() != Role.NODE) {
      kinds.add(Kind.NAMESPACE);
    }
    for (Kind kind : kinds) {
      Set<String> scopes = namespaces.isEmpty() || !kind.namespaced() ? Set.of("") : namespaces;
      for (String scope : scopes) {
        used.add(watches.use(new KindWatch.Key(config.api(), scope, config.selector(kind)), this));
      }
    }
    healthChanged();
  }

  @Override
  public void healthChanged() {
    Listener to = listener;
    if (to == null || used.isEmpty()) {
      return;
    }
    for (KindWatch watch : primary()) {
      if (!open.contains(watch) && needs(watch).allMatch(KindWatch::synced)) {
        open.add(watch);
        buildAll(watch, to);
      }
    }
    String problem = problem();
    // The first groups come all at once, but do not wait for what does not work.
    first &= open.isEmpty() || !used.stream().allMatch(watch -> watch.synced() || watch.failed());
    if (!first) {
      tell(to, List.of());
    } else if (used.stream().anyMatch(KindWatch::failed)) {
      // That something has no room is no failure: the rest is on its way.
      to.failed(problem);
    }
  }

  private String problem() {
    return used.stream()
        .map(watch -> watch.problem(watch.key().kind() == config.role().primary()))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  private void tell(Listener to, List<TargetGroup> groups) {
    String problem = problem();
    if (problem.isEmpty()) {
      to.update(groups);
    } else {
      to.updateInPart(groups, problem);
    }
  }

  /**
   * A watch of the role's kind and those of what its objects look up: without these its targets
   * would lack labels.
   */
  private Stream<KindWatch> needs(KindWatch watch) {
    return used.stream()
        .filter(
            other ->
                other == watch
                    || other.key().kind() != watch.key().kind()
                        && (!other.key().kind().namespaced()
                            || other.key().namespace().equals(watch.key().namespace())));
  }

  private void buildAll(KindWatch watch, Listener to) {
    if (!looksUp()) {
      return;
    }
    List<String> keys = List.copyOf(watch.keys());
    for (int from = 0; from < keys.size(); from += AT_ONCE) {
      to.begin(build(keys.subList(from, Math.min(keys.size(), from + AT_ONCE))));
    }
  }

  @Override
  public boolean looksUp() {
    return !config.role().looksUp().isEmpty()
        || config.attach().node()
        || config.attach().namespace();
  }

  @Override
  public void changed(Kind kind, Map<String, @Nullable HasMetadata> objects) {
    Listener to = listener;
    if (to == null) {
      return;
    }
    if (!looksUp()) {
      List<TargetGroup> groups = new ArrayList<>(objects.size());
      objects.forEach((key, object) -> groups.add(group(key, object)));
      if (first) {
        to.begin(groups);
      } else {
        tell(to, groups);
      }
      return;
    }
    Set<String> dirty = new LinkedHashSet<>();
    for (String key : objects.keySet()) {
      if (kind == config.role().primary()) {
        dirty.add(key);
      }
      dirty.addAll(dependents.of(Lookups.key(kind, key)));
    }
    dirty.removeIf(this::waits);
    if (!dirty.isEmpty() && first) {
      to.begin(build(dirty));
    } else if (!dirty.isEmpty()) {
      tell(to, build(dirty));
    }
  }

  /** Its group is built when all is there that it looks up. */
  private boolean waits(String key) {
    return primary().stream().noneMatch(watch -> open.contains(watch) && watch.covers(key));
  }

  private TargetGroup group(String key, @Nullable HasMetadata object) {
    return object == null ? without(key) : Groups.of(object, lookups(), malformed);
  }

  /** There is no object to be used; what is there all the same is a dropped target. */
  private TargetGroup without(String key) {
    malformed.forget(key);
    Kind kind = config.role().primary();
    Skipped skipped = skipped(kind, key);
    return skipped == null ? new TargetGroup(key, List.of()) : Groups.skipped(kind, key, skipped);
  }

  private Lookups lookups() {
    return new Lookups(this, config.attach());
  }

  /** What gives targets is told again; of the rest, what had no room is looked for. */
  @Override
  public void again() {
    for (KindWatch watch : List.copyOf(used)) {
      if (watch.key().kind() == config.role().primary()) {
        watch.again();
      } else {
        watch.leftOutAgain();
      }
    }
  }

  @Override
  public boolean leavesOut() {
    return used.stream().anyMatch(KindWatch::leavesOut);
  }

  @Override
  public long smallestLeftOut() {
    return used.stream().mapToLong(KindWatch::smallestLeftOut).min().orElse(Long.MAX_VALUE);
  }

  private List<TargetGroup> build(Collection<String> keys) {
    List<TargetGroup> groups = new ArrayList<>(keys.size());
    for (String key : keys) {
      HasMetadata object = find(config.role().primary(), key);
      Lookups lookups = lookups();
      groups.add(object == null ? without(key) : Groups.of(object, lookups, malformed));
      dependents.put(key, lookups.asked());
    }
    return groups;
  }

  private List<KindWatch> primary() {
    return used.stream().filter(w -> w.key().kind() == config.role().primary()).toList();
  }

  @Override
  public @Nullable HasMetadata find(Kind kind, String key) {
    for (KindWatch watch : used) {
      if (watch.key().kind() == kind) {
        HasMetadata found = watch.object(key);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  @Override
  public @Nullable Skipped skipped(Kind kind, String key) {
    return used.stream()
        .filter(watch -> watch.key().kind() == kind)
        .map(watch -> watch.skipped(key))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  @Override
  public Future<Void> stop() {
    listener = null;
    List<Future<Void>> released = new ArrayList<>();
    used.forEach(watch -> released.add(watches.release(watch, this)));
    used.clear();
    open.clear();
    return Future.join(released).mapEmpty();
  }
}
