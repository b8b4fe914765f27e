package dev.stoker.component;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.files.StorageFolder;
import dev.stoker.profile.Verdicts;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The services that the components of a daemon share, whatever its config is. They live as long as
 * the daemon.
 */
public final class Services {
  private final Daemon daemon;
  private final CpuPool cpuPool;
  private final TargetBudget discovered;
  private final Verdicts verdicts = new Verdicts();
  private final Map<Class<?>, Object> shared = new HashMap<>();
  private final List<Supplier<Future<?>>> onStop = new ArrayList<>();
  private final Deque<Supplier<Future<?>>> onClose = new ArrayDeque<>();

  /**
   * The parts of the daemon around the components.
   *
   * @param control the control context
   * @param storage whoever writes files makes its folder by this
   * @param userAgent of all requests
   * @param cpuThreads for work on bodies
   * @param heap bytes of the heap that a part may take, by the name of its share
   */
  public record Daemon(
      Vertx vertx,
      Context control,
      Timers timers,
      MeterRegistry registry,
      StorageFolder storage,
      String userAgent,
      int cpuThreads,
      ToLongFunction<String> heap) {}

  public Services(Daemon daemon) {
    this.daemon = daemon;
    this.cpuPool = new CpuPool(daemon.cpuThreads());
    this.discovered = new TargetBudget(heap("discovered")).measure(daemon.registry(), "discovered");
  }

  public Vertx vertx() {
    return daemon.vertx();
  }

  public Context control() {
    return daemon.control();
  }

  public Timers timers() {
    return daemon.timers();
  }

  public MeterRegistry registry() {
    return daemon.registry();
  }

  /** Where all files are. */
  public StorageFolder storage() {
    return daemon.storage();
  }

  public String userAgent() {
    return daemon.userAgent();
  }

  /** The threads for work on bodies. */
  public CpuPool cpuPool() {
    return cpuPool;
  }

  /** The memory for discovered targets, which all sources of targets share. */
  public TargetBudget discovered() {
    return discovered;
  }

  /** The verdicts of servers, by which receivers tell the senders of profiles. */
  public Verdicts verdicts() {
    return verdicts;
  }

  /** Bytes of the heap that a part of the daemon may take. */
  public long heap(String share) {
    return daemon.heap().applyAsLong(share);
  }

  /** The one object of a class that all components of some kinds share, made at the first use. */
  public <T> T shared(Class<T> type, Function<Services, T> create) {
    Object known = shared.get(type);
    if (known == null) {
      known = create.apply(this);
      shared.put(type, known);
    }
    return type.cast(known);
  }

  /** Adds an action for a stop, while receivers deliver what they hold. */
  public void onStop(Supplier<Future<?>> action) {
    onStop.add(action);
  }

  /**
   * Adds an action for a stop, when all components have ended. The last one that was added runs
   * first.
   */
  public void onClose(Supplier<Future<?>> action) {
    onClose.push(action);
  }

  Future<?> stop() {
    return Future.join(onStop.stream().map(Supplier::get).toList());
  }

  /** Closes what is shared. */
  public Future<?> close() {
    Future<?> closing = Future.succeededFuture();
    for (Supplier<Future<?>> action : onClose) {
      closing = closing.transform(ignored -> action.get().transform(i -> Future.succeededFuture()));
    }
    return closing.onComplete(ignored -> cpuPool.close());
  }
}
