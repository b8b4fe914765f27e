package dev.stoker.write.otlp;

import dev.stoker.otlp.encode.Encoded;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.queue.OutgoingProfile;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the profiles that were changed so that OTLP can carry them, when they are delivered. */
final class ChangedProfiles {
  private final String endpoint;
  private final Verdicts verdicts;
  private final Counter texts;
  private final Counter period;

  ChangedProfiles(String endpoint, EndpointServices services) {
    this.endpoint = endpoint;
    this.verdicts = services.verdicts();
    this.texts = counter(services.registry(), "text");
    this.period = counter(services.registry(), "period_type");
  }

  private Counter counter(MeterRegistry registry, String reason) {
    return Counter.builder("otlp.write.changed.profiles")
        .description("Profiles that were changed so that OTLP can carry them")
        .tags("endpoint", endpoint, "reason", reason)
        .register(registry);
  }

  void delivered(OutgoingProfile profile, Encoded encoded) {
    if (encoded.mendedTexts() > 0) {
      texts.increment();
      verdicts.mended(
          profile.origin(), endpoint, encoded.mendedTexts() + " texts that were no UTF-8");
    }
    if (encoded.period()) {
      period.increment();
    }
  }
}
