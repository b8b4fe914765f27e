package dev.stoker.pprof.shared;

import dev.stoker.codec.Codecs;
import dev.stoker.concurrent.CpuPool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The codecs of the daemon. Native libraries are linked and tried out once, on the first thread
 * that needs them, which takes some tens of milliseconds; the others wait for it. Thread-safe.
 */
final class CodecChoice {
  private static final Logger LOG = LoggerFactory.getLogger(CodecChoice.class);

  private final MeterRegistry registry;
  private @Nullable Codecs chosen;

  CodecChoice(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Chooses at the start of the daemon, before a body comes. */
  void start(CpuPool cpuPool) {
    cpuPool.submit(this::get);
  }

  synchronized Codecs get() {
    if (chosen == null) {
      chosen = Codecs.best();
      LOG.atInfo()
          .addKeyValue("inflate", chosen.inflateName())
          .addKeyValue("deflate", chosen.deflateName())
          .addKeyValue("why", chosen.whyNot())
          .log("codecs of bodies");
      Gauge.builder("stoker.codec.info", () -> 1)
          .description("Which libraries inflate and deflate bodies")
          .tag("inflate", chosen.inflateName())
          .tag("deflate", chosen.deflateName())
          .register(registry);
    }
    return chosen;
  }
}
