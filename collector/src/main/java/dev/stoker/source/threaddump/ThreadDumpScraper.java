package dev.stoker.source.threaddump;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.jvm.text.ThreadDumps;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
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

  /** By the target's key: what its last window could not hold. */
  private final Map<String, String> notes = new HashMap<>();

  /**
   * What it works with.
   *
   * @param http for one dump each
   * @param memory of what is kept from one dump to the next
   */
  public record Tools(Scraper http, Timers timers, CpuPool cpu, BaselineBudget memory) {}

  public ThreadDumpScraper(Source.ThreadDump source, Tools tools) {
    this.source = source;
    this.tools = tools;
  }

  @Override
  public InFlight scrape(Target target) {
    ThreadDumps dumps = new ThreadDumps(source.threadNames());
    Window window = new Window(target, source, tools, dumps, this::rest);
    window.result().onComplete(ignored -> note(target, dumps.over()));
    window.start(rests.get(target.key()));
    return window;
  }

  private void note(Target target, long over) {
    if (over == 0) {
      notes.remove(target.key());
    } else {
      notes.put(
          target.key(),
          over
              + " stacks of the last profile are one, [stacks over the limit]: there are too many, or"
              + " their names have more than "
              + ThreadDumps.MAX_CHARACTERS
              + " characters");
    }
  }

  @Override
  public Future<Void> leave(Target target) {
    notes.remove(target.key());
    return Future.succeededFuture();
  }

  /** For people: what is being waited for. */
  @Override
  public String detail(Target target) {
    Rest rest = rests.get(target.key());
    String note = notes.getOrDefault(target.key(), "");
    return rest == null
        ? note
        : "left alone for a while, its last answer took "
            + rest.tookMillis()
            + " ms"
            + (note.isEmpty() ? "" : "; " + note);
  }

  private void rest(Target target, @Nullable Rest rest) {
    long now = tools.timers().nanoTime();
    rests.values().removeIf(each -> each.untilNanos() - now <= 0);
    if (rest != null) {
      rests.put(target.key(), rest);
    }
  }
}
