package dev.stoker.discovery.kubernetes;

import dev.stoker.http.FailureWords;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * All objects of one kind, in one namespace or all, under one pair of selectors: an informer and
 * whoever is interested in it. State belongs to the control context; the informer's threads only
 * put into a queue, which is emptied as a whole, so that the first list is one change and not
 * thousands.
 */
final class KindWatch {
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

  /** A null object is gone. */
  private record Change(String key, @Nullable HasMetadata object) {}

  private final Key key;
  private final Executor control;
  private final Map<String, HasMetadata> objects = new HashMap<>();
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final Queue<Change> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private @Nullable SharedIndexInformer<?> informer;
  private boolean synced;
  private int blind;
  private String problem = "";

  /**
   * @param control runs on the control context
   */
  KindWatch(Key key, Executor control) {
    this.key = key;
    this.control = control;
  }

  Key key() {
    return key;
  }

  List<Subscriber> subscribers() {
    return subscribers;
  }

  /** Starts the informer; it goes on trying by itself. */
  void start(KubernetesClient client) {
    informer = informer(client, key.kind().type());
    informer.start();
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(
      KubernetesClient client, Class<T> type) {
    SharedIndexInformer<T> created =
        Selectors.apply(client, type, key).runnableInformer(0).itemStore(new TrimmedStore<>());
    created.exceptionHandler(
        (started, failure) -> {
          String message = message(failure);
          control.execute(() -> problem(message));
          return true;
        });
    created.addEventHandler(
        new ResourceEventHandler<T>() {
          @Override
          public void onAdd(T object) {
            put(object);
          }

          @Override
          public void onUpdate(T before, T object) {
            put(object);
          }

          @Override
          public void onDelete(T object, boolean finalStateUnknown) {
            queue(new Change(Groups.key(object.getMetadata()), null));
          }

          @Override
          public void onList(String resourceVersion, boolean remainedEmpty) {
            control.execute(KindWatch.this::listed);
          }
        });
    return created;
  }

  private void put(HasMetadata object) {
    queue(new Change(Groups.key(object.getMetadata()), object));
  }

  private void queue(Change change) {
    queue.add(change);
    if (scheduled.compareAndSet(false, true)) {
      control.execute(this::drain);
    }
  }

  private void drain() {
    scheduled.set(false);
    Set<String> changed = new HashSet<>();
    for (Change change; (change = queue.poll()) != null; ) {
      if (change.object() == null) {
        objects.remove(change.key());
      } else {
        objects.put(change.key(), change.object());
      }
      changed.add(change.key());
    }
    if (synced && !changed.isEmpty()) {
      List.copyOf(subscribers).forEach(subscriber -> subscriber.changed(key.kind(), changed));
    }
  }

  private void listed() {
    drain();
    synced = true;
    // The watch begins a moment after the list: the looks of the outage must not count against it.
    blind = 0;
    problem("");
  }

  /** Asked every second: a broken watch is tried again without a word. */
  void look() {
    SharedIndexInformer<?> running = informer;
    if (running == null || !synced) {
      return;
    }
    blind = running.isWatching() ? 0 : blind + 1;
    if (blind == 0 && !problem.isEmpty()) {
      problem("");
    } else if (blind >= 3 && problem.isEmpty()) {
      problem(
          "the watch of "
              + key.kind().plural()
              + " is interrupted: the API server does not answer; look at it or at the network");
    }
  }

  void problem(String message) {
    if (!message.isEmpty()) {
      blind = Math.max(blind, 1);
    }
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

  /** Blocking. */
  void stop() {
    SharedIndexInformer<?> running = informer;
    if (running != null) {
      running.stop();
    }
  }

  /** The API server's own words say which verb and which resource are forbidden. */
  private String message(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && !(cause instanceof KubernetesClientException known && known.getStatus() != null)) {
      cause = cause.getCause();
    }
    if (cause instanceof KubernetesClientException known && known.getStatus() != null) {
      String words =
          Optional.ofNullable(known.getStatus().getMessage()).orElse("no message").strip();
      return "the API server answers " + known.getCode() + ": " + shortened(words) + hint(known);
    }
    return "cannot list or watch "
        + key.kind().plural()
        + ": "
        + shortened(reason(failure))
        + (key.api().server().isEmpty() ? "" : "; is " + key.api().server() + " right, and up?");
  }

  /** The deepest cause with words of its own; a refused connection has none. */
  static String reason(Throwable failure) {
    String words = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String told = FailureWords.of(cause);
      if (told.startsWith("time-out") || told.startsWith("no route")) {
        return told;
      }
      if (cause instanceof ConnectException) {
        return "the API server refuses the connection";
      }
      boolean own = cause.getMessage() != null && cause.getCause() == null;
      words = own || words.isEmpty() ? String.valueOf(cause.getMessage()) : words;
    }
    return words;
  }

  private String hint(KubernetesClientException answer) {
    return switch (answer.getCode()) {
      case 401 -> "; check the token";
      case 403 ->
          "; give Stoker's ServiceAccount get, list and watch of "
              + key.kind().plural()
              + " (deploy/rbac-all-roles.yaml)";
      default -> "";
    };
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
