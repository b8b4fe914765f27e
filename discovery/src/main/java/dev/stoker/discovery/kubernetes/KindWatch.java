package dev.stoker.discovery.kubernetes;

import dev.stoker.concurrent.Timers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
    /**
     * @param keys of objects that are new, have changed or are gone
     */
    void changed(Kind kind, Set<String> keys);

    /** {@link #synced} or {@link #problem} are others. */
    void healthChanged();
  }

  private final Key key;
  private final Map<String, HasMetadata> objects = new HashMap<>();
  private final List<Subscriber> subscribers = new ArrayList<>();
  private @Nullable Reflector reflector;
  private boolean synced;
  private boolean stopped;
  private String problem = "";

  KindWatch(Key key) {
    this.key = key;
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

  @Override
  public void told(List<Told> told) {
    Set<String> changed = new HashSet<>();
    for (Told one : told) {
      if (one instanceof Told.There there) {
        String name = Groups.key(there.object().getMetadata());
        if (!there.object().equals(objects.get(name))) {
          objects.put(name, there.object());
          changed.add(name);
        }
      } else if (one instanceof Told.Gone gone && objects.remove(gone.key()) != null) {
        changed.add(gone.key());
      }
    }
    changed(changed);
  }

  @Override
  public void listed(Set<String> keys) {
    Set<String> gone = new HashSet<>(objects.keySet());
    gone.removeAll(keys);
    objects.keySet().removeAll(gone);
    changed(gone);
    synced = true;
  }

  /** Before everything is known nobody works with a part of it. */
  private void changed(Set<String> keys) {
    if (synced && !keys.isEmpty()) {
      List.copyOf(subscribers).forEach(subscriber -> subscriber.changed(key.kind(), keys));
    }
  }

  @Override
  public void problem(String message) {
    if (!problem.equals(message) || message.isEmpty()) {
      problem = message;
      List.copyOf(subscribers).forEach(Subscriber::healthChanged);
    }
  }

  /** The first list has been read. */
  boolean synced() {
    return synced;
  }

  /** "" = fine. */
  String problem() {
    return problem;
  }

  @Nullable HasMetadata object(String objectKey) {
    return objects.get(objectKey);
  }

  Set<String> keys() {
    return objects.keySet();
  }

  void stop() {
    stopped = true;
    Reflector running = reflector;
    if (running != null) {
      running.stop();
    }
  }
}
