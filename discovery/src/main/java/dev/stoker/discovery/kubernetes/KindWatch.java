package dev.stoker.discovery.kubernetes;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.TargetBudget;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All objects of one kind, in one namespace or all, under one pair of selectors, and whoever is
 * interested in them. Control context only.
 */
final class KindWatch implements Reflector.Listener {
  /** Identity: equal ones are watched once. */
  record Key(ApiAccess api, String namespace, KubernetesConfig.Selector selector) {
    Kind kind() {
      return selector.kind();
    }
  }

  /** Called on the control context. */
  interface Subscriber {
    /** Whether it looks objects up, so that all must be kept. */
    boolean looksUp();

    /**
     * @param objects new or changed ones by key; null = gone
     */
    void changed(Kind kind, Map<String, @Nullable HasMetadata> objects);

    /** {@link #synced} or {@link #problem} are others. */
    void healthChanged();
  }

  /**
   * So many are kept even if nobody looks them up: a change that is none costs least then. The
   * objects of a whole cluster would take more than the labels of its targets do.
   */
  private static final int KEPT = 1_000;

  private final Key key;
  private final TargetBudget budget;

  /** Null = it is known and was told, but is not kept. */
  private final Map<String, @Nullable HasMetadata> objects = new HashMap<>();

  private final List<Subscriber> subscribers = new ArrayList<>();
  private @Nullable Reflector reflector;
  private boolean synced;
  private boolean stopped;

  /** A list is under way of which even what is not new is told. */
  private boolean tellsAll;

  private int kept;
  private String problem = "";

  /** Objects that are looked up, for which there is no room. */
  private final Set<String> leftOut = new HashSet<>();

  KindWatch(Key key, TargetBudget budget) {
    this.key = key;
    this.budget = budget;
  }

  Key key() {
    return key;
  }

  List<Subscriber> subscribers() {
    return subscribers;
  }

  /** It goes on trying by itself. */
  void start(ApiClient api, Timers timers) {
    if (!stopped) {
      reflector = new Reflector(key, api, timers, this);
      reflector.start();
    }
  }

  /** Another one who is to know all objects: those that are not kept are listed once more. */
  void join(Subscriber subscriber) {
    subscribers.add(subscriber);
    if (kept < objects.size()) {
      listAgain();
    } else if (kept > 0) {
      subscriber.changed(key.kind(), new LinkedHashMap<>(objects));
    }
  }

  /** All objects are told once more, unless that is being done. */
  void again() {
    if (synced) {
      listAgain();
    }
  }

  private void listAgain() {
    Reflector running = reflector;
    if (running != null) {
      synced = false;
      tellsAll = true;
      running.again();
    }
  }

  @Override
  public void told(List<Told> told) {
    Map<String, @Nullable HasMetadata> changed = new LinkedHashMap<>();
    for (Told one : told) {
      if (one instanceof Told.There there) {
        String name = Groups.key(there.object().getMetadata());
        if (tellsAll || !there.object().equals(objects.get(name))) {
          keep(name, there.object());
          changed.put(name, there.object());
        }
      } else if (one instanceof Told.Gone gone && objects.containsKey(gone.key())) {
        forget(gone.key());
        changed.put(gone.key(), null);
      }
    }
    changed(changed);
  }

  private void keep(String name, HasMetadata object) {
    let(name);
    boolean needed = subscribers.stream().anyMatch(Subscriber::looksUp);
    boolean keeps = (needed || kept < KEPT) && budget.take(Trim.weight(object));
    if (keeps) {
      kept++;
      leftOut.remove(name);
    } else if (needed) {
      leftOut.add(name);
    }
    objects.put(name, keeps ? object : null);
  }

  /** It is known and no longer kept. */
  private void let(String name) {
    HasMetadata before = objects.get(name);
    if (before != null) {
      kept--;
      budget.give(Trim.weight(before));
      objects.put(name, null);
    }
  }

  private void forget(String name) {
    let(name);
    objects.remove(name);
    leftOut.remove(name);
  }

  @Override
  public void listed(Set<String> keys) {
    Map<String, @Nullable HasMetadata> gone = new LinkedHashMap<>();
    for (String name : new ArrayList<>(objects.keySet())) {
      if (!keys.contains(name)) {
        forget(name);
        gone.put(name, null);
      }
    }
    changed(gone);
    tellsAll = false;
    synced = true;
    if (failed()) {
      // Whether a watch works is not known yet, but what is listed is there.
      healthChanged();
    }
  }

  private void changed(Map<String, @Nullable HasMetadata> changed) {
    if (!changed.isEmpty()) {
      List.copyOf(subscribers).forEach(subscriber -> subscriber.changed(key.kind(), changed));
    }
  }

  @Override
  public void problem(String message) {
    if (!problem.equals(message) || message.isEmpty()) {
      problem = message;
      healthChanged();
    }
  }

  private void healthChanged() {
    List.copyOf(subscribers).forEach(Subscriber::healthChanged);
  }

  /** The first list has been read. */
  boolean synced() {
    return synced;
  }

  /** What it asked for last came to nothing. */
  boolean failed() {
    return !problem.isEmpty();
  }

  /** An object of this key would be one of its. */
  boolean covers(String objectKey) {
    return key.namespace().isEmpty() || objectKey.startsWith(key.namespace() + "/");
  }

  /** "" = fine. */
  String problem() {
    if (!problem.isEmpty() || leftOut.isEmpty()) {
      return problem;
    }
    return leftOut.size()
        + " "
        + key.kind().plural()
        + " are left out, because there is no room for them in the memory for targets ("
        + (budget.most() >> 20)
        + " MiB); "
        + kept
        + " fit; give the process more memory, or select fewer";
  }

  @Nullable HasMetadata object(String objectKey) {
    return objects.get(objectKey);
  }

  Set<String> keys() {
    return objects.keySet();
  }

  void stop() {
    stopped = true;
    new ArrayList<>(objects.keySet()).forEach(this::forget);
    Reflector running = reflector;
    if (running != null) {
      running.stop();
    }
  }
}
