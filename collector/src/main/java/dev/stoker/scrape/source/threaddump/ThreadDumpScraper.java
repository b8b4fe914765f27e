package dev.stoker.scrape.source.threaddump;

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
 * Takes dumps of a target, spread over its interval. A target that answers slowly is left alone for
 * longer between two dumps, over several intervals if need be. On the control context.
 */
public final class ThreadDumpScraper implements Scraper {
  private final Source.ThreadDump source;
  private final Tools tools;

  /** Targets that are left alone, by key; entries that are over are removed when others come. */
  private final Map<String, CoolDown> coolDowns = new HashMap<>();

  /** For users, by the target's key: what the last series could not hold. */
  private final Map<String, String> notes = new HashMap<>();

  /**
   * What the scraper works with.
   *
   * @param http fetches one dump
   * @param memory bounds what all series keep from one dump to the next
   */
  public record Tools(Scraper http, Timers timers, CpuPool cpu, BaselineBudget memory) {}

  public ThreadDumpScraper(Source.ThreadDump source, Tools tools) {
    this.source = source;
    this.tools = tools;
  }

  @Override
  public InFlight scrape(Target target) {
    ThreadDumps dumps = new ThreadDumps(source.threadNames());
    DumpSeries series = new DumpSeries(target, source, tools, dumps, this::coolDown);
    series.result().onComplete(ignored -> note(target, dumps.over()));
    series.start(coolDowns.get(target.key()));
    return series;
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

  /** Describes for users what the scraper waits for. */
  @Override
  public String detail(Target target) {
    CoolDown coolDown = coolDowns.get(target.key());
    String note = notes.getOrDefault(target.key(), "");
    return coolDown == null
        ? note
        : "left alone for a while, its last answer took "
            + coolDown.tookMillis()
            + " ms"
            + (note.isEmpty() ? "" : "; " + note);
  }

  private void coolDown(Target target, @Nullable CoolDown coolDown) {
    long now = tools.timers().nanoTime();
    coolDowns.values().removeIf(each -> each.untilNanos() - now <= 0);
    if (coolDown != null) {
      coolDowns.put(target.key(), coolDown);
    }
  }
}
