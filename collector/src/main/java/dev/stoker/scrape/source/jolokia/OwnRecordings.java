package dev.stoker.scrape.source.jolokia;

import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.OwnNames;
import dev.stoker.scrape.target.Source;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The life of Stoker's recordings in one target: begins them, closes them, and sweeps those that a
 * Stoker before has left. On the control context.
 */
final class OwnRecordings {
  /** Recordings that are closed at once; the next scrape goes on. */
  private static final int MAX_CLOSED = 100;

  /** Bytes that a running recording may take on the target's disk. */
  private static final long MAX_DISK = 64L << 20;

  private static final long MIN_AGE_SECONDS = 600;

  /**
   * A recording ends by itself so long after its start, in case its Stoker never comes back; a
   * successor takes over in half of the time. The time of a running recording cannot be prolonged.
   */
  private static final long LIFE_SECONDS = 7_200;

  private final Source.Jolokia source;
  private final RecorderCalls calls;
  private final JolokiaScraper.State state;
  private final OwnNames names;

  OwnRecordings(Source.Jolokia source, RecorderCalls calls, JolokiaScraper.State state) {
    this.source = source;
    this.calls = calls;
    this.state = state;
    this.names = calls.tools().names();
  }

  /** Closes recordings that an earlier Stoker has left, if that was not done yet. */
  Future<Void> sweep() {
    if (state.swept) {
      return Future.succeededFuture();
    }
    return calls
        .values("looking for recordings", FlightRecorderBean.readRecordings())
        .compose(values -> closeLeftovers(values.get(0)));
  }

  private Future<Void> closeLeftovers(Object recordings) {
    List<JsonObject> closing = new ArrayList<>();
    boolean all = true;
    if (recordings instanceof JsonArray array) {
      for (Object each : array) {
        if (each instanceof JsonObject recording
            && recording.getValue("id") instanceof Number id
            && isLeftover(String.valueOf(recording.getValue("name")))) {
          all &= closing.size() < MAX_CLOSED;
          if (all) {
            closing.add(FlightRecorderBean.exec("closeRecording", id));
          }
        }
      }
    }
    state.swept = all;
    return closing.isEmpty() ? Future.succeededFuture() : giveBack(closing);
  }

  private boolean isLeftover(String name) {
    OwnRecording held = state.held;
    return names.isLeftover(name) || held != null && name.equals(OwnNames.cloneOf(held.name));
  }

  /** Goes on when the scrape has ended; what fails is looked for by the next one. Never fails. */
  Future<Void> giveBack(List<JsonObject> requests) {
    return calls
        .beside(requests.toArray(JsonObject[]::new))
        .onComplete(
            done -> {
              if (done.failed() || !done.result().areClosed()) {
                state.swept = false;
              }
            })
        .transform(ignored -> Future.succeededFuture());
  }

  void close(OwnRecording held) {
    names.ended(held.name);
    giveBack(List.of(FlightRecorderBean.exec("closeRecording", held.id)));
  }

  /** True if the recording is so old that a successor has to take over. */
  boolean isOld(OwnRecording held) {
    long ageMillis = (calls.tools().timers().nanoTime() - held.startedNanos) / 1_000_000;
    return ageMillis >= LIFE_SECONDS * 1_000 / 2;
  }

  /** Begins a new recording. */
  Future<OwnRecording> begin() {
    String name = names.next();
    return create()
        .compose(
            id -> {
              OwnRecording held = new OwnRecording(id, name, calls.tools().timers());
              return configure(held).map(held).onFailure(failed -> close(held));
            })
        .onFailure(failed -> names.ended(name));
  }

  /** Not to be cut: without its answer nobody would know the recording, which has no name yet. */
  private Future<Long> create() {
    return calls
        .beside(FlightRecorderBean.exec("newRecording"))
        .compose(
            created -> {
              try {
                return Future.succeededFuture(FlightRecorderBean.number(created.only()));
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
            });
  }

  private Future<?> configure(OwnRecording held) {
    JsonObject options =
        FlightRecorderBean.exec(
            "setRecordingOptions", held.id, FlightRecorderBean.map(options(held.name)));
    JsonObject begin = FlightRecorderBean.exec("startRecording", held.id);
    if (source.configuration().isEmpty()) {
      return calls.values("configuring a recording", options, settings(held, Map.of()), begin);
    }
    return calls
        .values(
            "configuring a recording",
            options,
            FlightRecorderBean.exec("setPredefinedConfiguration", held.id, source.configuration()),
            FlightRecorderBean.exec("getRecordingSettings", held.id))
        .compose(
            values -> {
              Map<String, String> base = new LinkedHashMap<>();
              if (values.get(2) instanceof JsonObject known) {
                known.forEach(entry -> base.put(entry.getKey(), String.valueOf(entry.getValue())));
              }
              return calls.values("starting a recording", settings(held, base), begin);
            });
  }

  private JsonObject settings(OwnRecording held, Map<String, String> base) {
    return FlightRecorderBean.exec(
        "setRecordingSettings", held.id, FlightRecorderBean.map(Events.settings(source, base)));
  }

  private Map<String, String> options(String name) {
    long interval = calls.target().plan().intervalMillis() / 1_000;
    return Map.of(
        "name",
        name,
        "disk",
        "true",
        "maxAge",
        Math.max(MIN_AGE_SECONDS, 4 * interval) + " s",
        "maxSize",
        Long.toString(MAX_DISK),
        "duration",
        Math.max(LIFE_SECONDS, 4 * interval) + " s",
        "dumpOnExit",
        "false");
  }
}
