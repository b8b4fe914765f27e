package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.api.ApiClient;
import dev.stoker.discovery.kubernetes.api.Told;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import dev.stoker.discovery.kubernetes.objects.Skipped;
import dev.stoker.discovery.kubernetes.objects.Weights;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All objects of one kind, in one namespace or all, under one pair of selectors, and whoever is
 * interested in them.
 */
public final class KindWatch implements Reflector.Listener {
  /** Identity: equal ones are watched once. */
  public record Key(ApiAccess api, String namespace, Selector selector) {
    public Kind kind() {
      return selector.kind();
    }
  }

  /** Called on the control context. */
  public interface Subscriber {
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
  private final Timers timers;
  private final SkippedObjects skipped;

  KindWatch(Key key, TargetBudget budget, Timers timers) {
    this.key = key;
    this.budget = budget;
    this.timers = timers;
    this.skipped = new SkippedObjects(key, budget, timers);
  }

  public Key key() {
    return key;
  }

  List<Subscriber> subscribers() {
    return subscribers;
  }

  /** It goes on trying by itself. */
  void start(ApiClient api) {
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
  public void again() {
    timers.control().assertOn();
    if (synced) {
      listAgain();
    }
  }

  /** Objects without room are looked for again, unless that is being done; others are not told. */
  public void leftOutAgain() {
    Reflector running = reflector;
    if (synced && running != null && skipped.leavesOut()) {
      synced = false;
      running.again();
    }
  }

  public boolean leavesOut() {
    return skipped.leavesOut();
  }

  /** What the smallest object takes that is looked up and has no room. */
  public long smallestLeftOut() {
    return skipped.smallestLeftOut();
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
    timers.control().assertOn();
    Map<String, @Nullable HasMetadata> changed = new LinkedHashMap<>();
    int skippedBefore = skipped.count();
    for (Told one : told) {
      if (one instanceof Told.There there) {
        String name = ObjectKey.of(there.object().getMetadata());
        if (tellsAll || !there.object().equals(objects.get(name))) {
          keep(name, there.object());
          changed.put(name, there.object());
        }
      } else if (one instanceof Told.Odd odd) {
        odd(odd, changed);
      } else if (one instanceof Told.Gone gone && objects.containsKey(gone.key())) {
        forget(gone.key());
        changed.put(gone.key(), null);
      }
    }
    changed(changed);
    if (synced && skipped.count() != skippedBefore) {
      healthChanged();
    }
  }

  private void odd(Told.Odd odd, Map<String, @Nullable HasMetadata> changed) {
    if (odd.key().isEmpty()) {
      skipped.nameless(skipped.nameless() + 1);
      return;
    }
    let(odd.key());
    objects.put(odd.key(), null);
    if (skipped.odd(odd.key(), odd.why()) || tellsAll) {
      changed.put(odd.key(), null);
    }
  }

  private void keep(String name, HasMetadata object) {
    let(name);
    boolean needed = subscribers.stream().anyMatch(Subscriber::looksUp);
    long weight = Weights.of(object);
    boolean keeps = (needed || kept < KEPT) && budget.take(weight);
    if (keeps) {
      kept++;
    }
    if (needed && !keeps) {
      skipped.leftOut(name, weight);
    } else {
      skipped.remove(name);
    }
    objects.put(name, keeps ? object : null);
  }

  /** It is known and no longer kept. */
  private void let(String name) {
    HasMetadata before = objects.get(name);
    if (before != null) {
      kept--;
      budget.give(Weights.of(before));
      objects.put(name, null);
    }
  }

  private void forget(String name) {
    let(name);
    objects.remove(name);
    skipped.remove(name);
  }

  @Override
  public void listed(Set<String> keys, int nameless) {
    int skippedBefore = skipped.count();
    Map<String, @Nullable HasMetadata> gone = new LinkedHashMap<>();
    for (String name : new ArrayList<>(objects.keySet())) {
      if (!keys.contains(name)) {
        forget(name);
        gone.put(name, null);
      }
    }
    skipped.nameless(nameless);
    changed(gone);
    tellsAll = false;
    synced = true;
    if (failed() || skipped.count() != skippedBefore) {
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
  public boolean synced() {
    return synced;
  }

  /** What it asked for last came to nothing. */
  public boolean failed() {
    return !problem.isEmpty();
  }

  /** An object of this key would be one of its. */
  public boolean covers(String objectKey) {
    return key.namespace().isEmpty() || objectKey.startsWith(key.namespace() + "/");
  }

  /**
   * @param areTargets who asks makes targets of its objects
   * @return "" = fine
   */
  public String problem(boolean areTargets) {
    return problem.isEmpty() ? skipped.problem(areTargets, kept) : problem;
  }

  /** Why an object that is there is none to be used; null = it is used, or not there. */
  public @Nullable Skipped skipped(String objectKey) {
    return skipped.why(objectKey);
  }

  public @Nullable HasMetadata object(String objectKey) {
    return objects.get(objectKey);
  }

  public Set<String> keys() {
    return objects.keySet();
  }

  void stop() {
    stopped = true;
    new ArrayList<>(objects.keySet()).forEach(this::forget);
    skipped.close();
    Reflector running = reflector;
    if (running != null) {
      running.stop();
    }
  }
}
