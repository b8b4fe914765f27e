package dev.stoker.write.disk;

import dev.stoker.concurrent.ControlContext;
import dev.stoker.concurrent.FileThread;
import dev.stoker.files.StorageFolder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues on disk of this process, and the one thread that does all of their file I/O. The
 * control context owns which endpoint has which folder; what is given to {@link #run} runs on the
 * thread of files.
 */
public final class DiskQueues {
  private static final Logger log = LoggerFactory.getLogger(DiskQueues.class);

  private final QueueRoot root;
  private final DiskFiles files;
  private final Executor disk;
  private final Executor control;

  private final Map<Path, Owners> owners = new HashMap<>();
  private @Nullable Future<Void> started;
  private boolean reported;

  /** Read on the thread of files: what only reports ends early. */
  private volatile boolean stopping;

  /** How many have a folder or wait for it in turn, and how many of them are closing it. */
  private static final class Owners {
    final Queue<Runnable> waiting = new ArrayDeque<>();
    int all;
    int closing;
  }

  /**
   * @param storage nothing is made there before {@link #start} or the first queue
   * @param control the control context
   */
  public DiskQueues(StorageFolder storage, Context control) {
    this(
        new QueueRoot(storage),
        DiskFiles.REAL,
        new FileThread("queue"),
        ControlContext.of(control));
  }

  public DiskQueues(QueueRoot root, DiskFiles files, Executor disk, Executor control) {
    this.root = root;
    this.files = files;
    this.disk = disk;
    this.control = control;
  }

  /**
   * Makes the folder. Fails only when another daemon has the storage folder; a disk that does not
   * work is no reason not to start. Every call answers the result of the first one.
   */
  public Future<Void> start() {
    Future<Void> known = started;
    if (known == null) {
      known = open();
      started = known;
    }
    return known;
  }

  private Future<Void> open() {
    Promise<Void> promise = Promise.promise();
    run(
        () -> {
          root.open();
          return "";
        },
        (done, failure) -> {
          if (failure instanceof StorageFolder.InUseException) {
            promise.fail(failure);
            return;
          }
          if (failure != null) {
            log.atWarn()
                .addKeyValue("folder", root.path())
                .addKeyValue("error", failure.toString())
                .log("cannot open the queues on disk, trying again as long as it takes");
          }
          promise.complete();
        });
    return promise.future();
  }

  /** Logs the queues that no endpoint has opened, once; call it when all are configured. */
  public void reportUnclaimed() {
    if (reported) {
      return; // each kind of component asks for it
    }
    reported = true;
    Set<Path> claimed = new HashSet<>(owners.keySet());
    run(
        () -> {
          for (Path folder : root.homes()) {
            if (!claimed.contains(folder)) {
              report(folder, () -> stopping);
            }
          }
          return "";
        },
        (done, failure) -> {});
  }

  private static void report(Path folder, BooleanSupplier cancelled) throws IOException {
    QueueInspection.Queue queue = QueueInspection.queue(folder, cancelled);
    if (queue.profiles() > 0 || queue.corruptSegments() > 0) {
      Long oldest = queue.oldestMillis();
      log.atWarn()
          .addKeyValue("endpoint", queue.endpoint())
          .addKeyValue("profiles", queue.profiles())
          .addKeyValue("bytes", queue.bytes())
          .addKeyValue("oldest", oldest == null ? null : Instant.ofEpochMilli(oldest))
          .addKeyValue("corrupt_segments", queue.corruptSegments())
          .addKeyValue("folder", folder)
          .log(
              "the queue of an endpoint that is not configured is kept until it is configured"
                  + " again");
    }
  }

  /** Ends the thread when what it was asked to do is done; all queues are closed before. */
  public Future<Void> stop() {
    stopping = true;
    Promise<Void> promise = Promise.promise();
    run(
        () -> "",
        (done, failure) -> {
          if (disk instanceof FileThread own) {
            own.close();
          }
          promise.complete();
        });
    return promise.future();
  }

  /**
   * Where an endpoint's queue is. A second endpoint for the same server and tenant, in another
   * component, has one of its own.
   *
   * @param identity what the queue belongs to
   * @param title what users see of it
   */
  public QueueHome home(String identity, String title, String component) {
    QueueHome home = root.home(identity, title);
    Owners now = owners.get(home.folder());
    boolean taken = now != null && now.all > now.closing;
    return taken ? root.home(identity + "\n" + component, title) : home;
  }

  public DiskLog log(QueueHome home, DiskBounds bounds) {
    return new DiskLog(home, bounds, files);
  }

  /** Calls back when nobody else has the folder: at once, or when its owner has closed it. */
  public void claim(QueueHome home, Runnable claimed) {
    Owners now = owners.computeIfAbsent(home.folder(), folder -> new Owners());
    if (now.all++ == 0) {
      claimed.run();
    } else {
      now.waiting.add(claimed);
    }
  }

  /** An owner closes it, maybe before it was its turn: another one may claim it, and waits. */
  public void closing(QueueHome home) {
    Objects.requireNonNull(owners.get(home.folder())).closing++;
  }

  /** After {@link #closing}. */
  public void release(QueueHome home) {
    Owners now = Objects.requireNonNull(owners.get(home.folder()));
    now.all--;
    now.closing--;
    Runnable next = now.waiting.poll();
    if (next == null) {
      owners.remove(home.folder());
    } else {
      next.run();
    }
  }

  /** Runs the work on the thread of files, then the second on the control context. */
  public <T> void run(Callable<T> work, BiConsumer<@Nullable T, @Nullable Throwable> then) {
    Runnable task =
        () -> {
          T result;
          try {
            result = work.call();
          } catch (Exception | Error failure) {
            control.execute(() -> then.accept(null, failure));
            return;
          }
          control.execute(() -> then.accept(result, null));
        };
    try {
      disk.execute(task);
    } catch (RejectedExecutionException stopped) {
      then.accept(null, stopped);
    }
  }
}
