package dev.stoker.write.pyroscope;

import dev.stoker.pprof.edit.LabelMender;
import dev.stoker.pprof.edit.LabelMender.Limits;
import dev.stoker.pprof.edit.LabelMender.Reason;
import dev.stoker.write.endpoint.Endpoint;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.queue.OutgoingProfile;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends profiles as they are, until the server refuses one because of the labels inside it. Then it
 * mends what the server has named, and sends that profile again: once for each kind of complaint,
 * so a server that repeats itself rejects it. What a server has refused is remembered, that of the
 * last refusal too, and mended before the first try from then on. The queue keeps the original. The
 * control context owns it; the work on bodies is the editor's.
 */
final class MendingSender implements Sender {
  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);

  /** Every Pyroscope gives a series without it one. */
  private static final String SERVICE_NAME = "service_name";

  private final Sender sender;
  private final String endpoint;
  private final LabelMemory memory;
  private final PyroscopeWrite.Services services;
  private final Map<Reason, Counter> counters = new EnumMap<>(Reason.class);

  /**
   * A push as it goes out.
   *
   * @param mender knows what was done
   */
  private record Ready(OutgoingProfile push, Limits limits, LabelMender mender) {}

  MendingSender(
      Sender sender, String endpoint, LabelMemory memory, PyroscopeWrite.Services services) {
    this.sender = sender;
    this.endpoint = endpoint;
    this.memory = memory;
    this.services = services;
    for (Reason reason : Reason.values()) {
      counters.put(
          reason,
          Counter.builder("stoker.sample.labels.mended")
              .description(
                  "Profiles whose labels inside were changed so that the server takes them")
              .tags("endpoint", endpoint, "reason", reason.name().toLowerCase(Locale.ROOT))
              .register(services.registry()));
    }
  }

  @Override
  public Future<SendResult> send(OutgoingProfile push) {
    Limits known = memory.limits(nowMillis());
    Set<LabelComplaint.Kind> heeded = EnumSet.noneOf(LabelComplaint.Kind.class);
    if (known.isNone()) {
      return attempt(push, new Ready(push, known, mender(push, known)), heeded);
    }
    return mend(push, known).compose(ready -> attempt(push, ready, heeded));
  }

  /**
   * @param heeded kinds of complaints about this profile for which it was mended and sent again
   */
  private Future<SendResult> attempt(
      OutgoingProfile original, Ready ready, Set<LabelComplaint.Kind> heeded) {
    return sender.send(ready.push()).compose(result -> answered(original, ready, heeded, result));
  }

  private Future<SendResult> answered(
      OutgoingProfile original, Ready ready, Set<LabelComplaint.Kind> heeded, SendResult result) {
    if (result instanceof SendResult.Accepted) {
      delivered(original, ready);
    }
    if (!(result instanceof SendResult.Rejected rejected)
        || !(rejected.complaint() instanceof LabelComplaint complaint)) {
      return Future.succeededFuture(result);
    }
    return mend(original, complaint.added(ready.limits()))
        .compose(
            next -> {
              if (Arrays.equals(next.push().body(), ready.push().body())) {
                // The labels of the target itself, or something that cannot be mended.
                return Future.succeededFuture(result);
              }
              learn(complaint, rejected.answer());
              return heeded.add(complaint.kind())
                  ? attempt(original, next, heeded)
                  : Future.succeededFuture(result);
            });
  }

  /** What cannot be read goes as it is: the server has the last word. */
  private Future<Ready> mend(OutgoingProfile push, Limits limits) {
    LabelMender mender = mender(push, limits);
    return services
        .editor()
        .edit(push.body(), mender)
        .map(edited -> edited.body() == null ? push : push.with(edited.body()))
        .otherwise(push)
        .map(ready -> new Ready(ready, limits, mender));
  }

  private static LabelMender mender(OutgoingProfile push, Limits limits) {
    List<String> own = new ArrayList<>(push.labels().toMap().keySet());
    if (!own.contains(SERVICE_NAME)) {
      own.add(SERVICE_NAME);
    }
    return new LabelMender(limits, own);
  }

  private void learn(LabelComplaint complaint, String answer) {
    if (memory.learn(complaint, nowMillis())) {
      log.atWarn()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("refused", complaint.kind().text())
          .addKeyValue("answer", answer)
          .log("the server refuses labels inside profiles; they are mended before they are sent");
    }
  }

  private void delivered(OutgoingProfile original, Ready ready) {
    if (ready.push() == original) {
      return;
    }
    for (Reason reason : ready.mender().mended().keySet()) {
      Counter counter = counters.get(reason);
      if (counter != null) {
        counter.increment();
      }
    }
    services.verdicts().mended(original.origin(), endpoint, ready.mender().summary());
  }

  private long nowMillis() {
    return services.timers().nanoTime() / 1_000_000;
  }

  @Override
  public Future<Void> close() {
    return sender.close();
  }
}
