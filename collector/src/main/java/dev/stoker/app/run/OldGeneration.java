package dev.stoker.app.run;

import dev.stoker.concurrent.Timers;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps the resident size near what is alive. The serial collector of JDK 25 fills the old
 * generation up to <code>-Xmx</code> before it collects it, whatever the free ratios say; so this
 * asks for a collection once enough has come on top of what the last one left. JDK 17's collects
 * sooner by itself, and this has nothing to do.
 */
final class OldGeneration {
  /** Of a burst of recordings, half a second would be 20 MB more of resident size. */
  private static final long LOOK_MILLIS = 100;

  /** Small heaps are not collected for every megabyte. */
  private static final long LEAST_GROWTH = 8L << 20;

  private static final long GROWTH_PER_LIVE = 4;

  private final Timers timers;
  private final Supplier<Optional<Usage>> usage;
  private final Runnable collection;
  private Timers.Cancellable look = () -> {};

  /**
   * @param used bytes now
   * @param live bytes that the last collection of the old generation left; 0 before the first
   */
  record Usage(long used, long live) {}

  /**
   * @param usage of the old generation; empty = this JVM's collector has none that grows like this
   * @param collection collects the whole heap
   */
  OldGeneration(Timers timers, Supplier<Optional<Usage>> usage, Runnable collection) {
    this.timers = timers;
    this.usage = usage;
    this.collection = collection;
  }

  /** The old generation of this JVM. */
  static OldGeneration here(Timers timers) {
    Optional<MemoryPoolMXBean> tenured =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            // The serial collector's: others keep to soft limits of their own.
            .filter(pool -> pool.getName().equals("Tenured Gen"))
            .findFirst();
    return new OldGeneration(timers, () -> tenured.map(OldGeneration::usage), System::gc);
  }

  private static Usage usage(MemoryPoolMXBean pool) {
    MemoryUsage afterCollection = pool.getCollectionUsage();
    return new Usage(
        pool.getUsage().getUsed(), afterCollection == null ? 0 : afterCollection.getUsed());
  }

  void start() {
    timers.control().assertOn();
    look = timers.after(LOOK_MILLIS, this::look);
  }

  void stop() {
    look.cancel();
  }

  private void look() {
    if (usage.get().filter(OldGeneration::isDue).isPresent()) {
      collection.run();
    }
    start();
  }

  private static boolean isDue(Usage usage) {
    return usage.used - usage.live > LEAST_GROWTH + usage.live / GROWTH_PER_LIVE;
  }
}
