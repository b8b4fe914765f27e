package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGroup;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>discovery.kubernetes</code>: one group of targets for each object of its role's kind. A
 * change builds the groups of the changed objects again, and those that have looked something up in
 * them. Control context only.
 */
public final class KubernetesDiscoverer implements Discoverer, KindWatch.Subscriber {
  private final KubernetesConfig config;
  private final Watches watches;
  private final Vertx vertx;
  private final List<KindWatch> used = new ArrayList<>();

  /** Looked up object → groups that it is part of. */
  private final Map<String, Set<String>> dependents = new HashMap<>();

  private final Map<String, Set<String>> dependencies = new HashMap<>();

  /** Groups of the first list by source, until it is whole. */
  private final Map<String, TargetGroup> early = new LinkedHashMap<>();

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
    String problem =
        used.stream()
            .map(KindWatch::problem)
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    boolean complete = first && used.stream().allMatch(KindWatch::synced);
    if (complete) {
      first = false;
      to.update(looksUp() ? build(all()) : List.copyOf(early.values()));
      early.clear();
    }
    if (!problem.isEmpty()) {
      to.failed(problem);
    } else if (!first && !complete) {
      to.update(List.of());
    }
  }

  private Set<String> all() {
    Set<String> all = new LinkedHashSet<>();
    primary().forEach(watch -> all.addAll(watch.keys()));
    return all;
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
        groups.forEach(this::early);
      } else {
        to.update(groups);
      }
    } else if (!first) {
      Set<String> dirty = new LinkedHashSet<>();
      for (String key : objects.keySet()) {
        if (kind == config.role().primary()) {
          dirty.add(key);
        }
        dirty.addAll(dependents.getOrDefault(Lookups.key(kind, key), Set.of()));
      }
      if (!dirty.isEmpty()) {
        to.update(build(dirty));
      }
    }
  }

  private void early(TargetGroup group) {
    early.remove(group.source());
    if (!group.targets().isEmpty() || !group.dropped().isEmpty()) {
      early.put(group.source(), group);
    }
  }

  private TargetGroup group(String key, @Nullable HasMetadata object) {
    return object == null
        ? new TargetGroup(key, List.of())
        : Groups.of(object, new Lookups(this::find, config.attach()));
  }

  @Override
  public void again() {
    List.copyOf(used).forEach(KindWatch::again);
  }

  private List<TargetGroup> build(Set<String> keys) {
    List<TargetGroup> groups = new ArrayList<>(keys.size());
    for (String key : keys) {
      HasMetadata object = find(config.role().primary(), key);
      Lookups lookups = new Lookups(this::find, config.attach());
      groups.add(object == null ? new TargetGroup(key, List.of()) : Groups.of(object, lookups));
      depends(key, lookups.asked());
    }
    return groups;
  }

  private void depends(String group, Set<String> asked) {
    Set<String> before =
        asked.isEmpty() ? dependencies.remove(group) : dependencies.put(group, asked);
    if (before != null) {
      for (String object : before) {
        Set<String> groups = dependents.get(object);
        if (groups != null && groups.remove(group) && groups.isEmpty()) {
          dependents.remove(object);
        }
      }
    }
    for (String object : asked) {
      dependents.computeIfAbsent(object, ignored -> new HashSet<>()).add(group);
    }
  }

  private List<KindWatch> primary() {
    return used.stream().filter(w -> w.key().kind() == config.role().primary()).toList();
  }

  private @Nullable HasMetadata find(Kind kind, String key) {
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
  public Future<Void> stop() {
    listener = null;
    List<Future<Void>> released = new ArrayList<>();
    used.forEach(watch -> released.add(watches.release(watch, this)));
    used.clear();
    return Future.join(released).mapEmpty();
  }
}
