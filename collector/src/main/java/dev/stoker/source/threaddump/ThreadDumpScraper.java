package dev.stoker.source.threaddump;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.Scraper;
import dev.stoker.scrape.Source;
import dev.stoker.scrape.Target;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes dumps of a target, spread over its interval. A target that answers slowly rests longer
 * between two of them, over several intervals if need be.
 */
public final class ThreadDumpScraper implements Scraper {
  private final Source.ThreadDump source;
  private final Tools tools;

  /** By the target's key; those that are over are removed as others come. */
  private final Map<String, Rest> rests = new HashMap<>();

  /**
   * What it works with.
   *
   * @param http for one dump each
   */
  public record Tools(Scraper http, Timers timers, CpuPool cpu) {}

  public ThreadDumpScraper(Source.ThreadDump source, Tools tools) {
    this.source = source;
    this.tools = tools;
  }

  @Override
  public InFlight scrape(Target target) {
    Window window = new Window(target, source, tools, this::rest);
    window.start(rests.get(target.key()));
    return window;
  }

  /** For people: what is being waited for. */
  @Override
  public String detail(Target target) {
    Rest rest = rests.get(target.key());
    return rest == null
        ? ""
        : "left alone for a while, its last answer took " + rest.tookMillis() + " ms";
  }

  private void rest(Target target, @Nullable Rest rest) {
    long now = tools.timers().nanoTime();
    rests.values().removeIf(each -> each.untilNanos() - now <= 0);
    if (rest != null) {
      rests.put(target.key(), rest);
    }
  }
}
