package dev.stoker.scrape.source.jolokia;

import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.Conversation;
import dev.stoker.scrape.target.Source;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * One scrape: on first contact sweep, begin a recording and let it run for a moment; then clone it,
 * which ends its chunk, and read the clone from where the last scrape has ended. A running
 * recording cannot be read, and a snapshot would hold what others record. On the control context.
 */
final class JolokiaPull {
  private final RecorderCalls calls;
  private final JolokiaScraper.State state;
  private final OwnRecordings recordings;
  private final CloneReader reader;
  private final Conversation conversation;

  JolokiaPull(Source.Jolokia source, JolokiaScraper.State state, RecorderCalls calls) {
    this.calls = calls;
    this.state = state;
    this.recordings = new OwnRecordings(source, calls, state);
    this.reader = new CloneReader(calls);
    this.conversation = calls.conversation();
  }

  void start() {
    OwnRecording held = state.held;
    recordings
        .sweep()
        .compose(ignored -> held == null ? first() : next(held))
        .onFailure(conversation::fail);
  }

  private Future<Void> first() {
    return recordings
        .begin()
        .compose(
            held -> {
              state.held = held;
              return conversation.pause("recording", firstMillis()).map(held);
            })
        .compose(held -> pull(held, true));
  }

  /** The first scrape has something to show, too. */
  private long firstMillis() {
    long interval = calls.target().plan().intervalMillis();
    return Math.min(10_000, Math.min(interval, calls.target().plan().deadlineMillis()) / 4);
  }

  private Future<Void> next(OwnRecording held) {
    if (!recordings.isOld(held)) {
      return pull(held, false);
    }
    return recordings
        .begin()
        .compose(
            successor ->
                pull(held, false)
                    .onComplete(
                        done -> {
                          // What both hold comes twice and is sent once.
                          boolean takesOver = done.succeeded() && state.held == held;
                          recordings.close(takesOver ? held : successor);
                          state.held = takesOver ? successor : state.held;
                        }));
  }

  /**
   * @param begun by this scrape: if it is not there now, something is wrong
   */
  private Future<Void> pull(OwnRecording held, boolean begun) {
    // If the answer is lost, so is the clone's id: then the next scrape looks for it by its name.
    state.swept = false;
    return calls
        .ask(
            "ending a chunk",
            FlightRecorderBean.exec("getRecordingOptions", held.id),
            FlightRecorderBean.exec("cloneRecording", held.id, true))
        .compose(
            results -> {
              state.swept = true;
              try {
                boolean ours = isNamed(results.get(0), held.name);
                if (ours || results.get(1).getValue("value") instanceof Number) {
                  long clone = FlightRecorderBean.number(FlightRecorderBean.check(results.get(1)));
                  conversation
                      .result()
                      .onComplete(ignored -> recordings.giveBack(reader.closing(clone)));
                  if (ours) {
                    return read(held, clone);
                  }
                }
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
              return begun ? Future.failedFuture(gone()) : lost(held);
            });
  }

  private static boolean isNamed(JsonObject options, String name) {
    return options.getValue("value") instanceof JsonObject value
        && name.equals(value.getValue("name"));
  }

  private static CallFailed gone() {
    return new CallFailed(
        Outcome.HTTP, "the recording is gone right after it was begun: somebody closes recordings");
  }

  /** The JVM is another one, or somebody has closed it; its number may be somebody else's now. */
  private Future<Void> lost(OwnRecording held) {
    calls.tools().names().ended(held.name);
    state.held = null;
    return first();
  }

  private Future<Void> read(OwnRecording held, long clone) {
    return reader
        .read(clone, held.nextMillis())
        .map(
            recording -> {
              held.read(recording);
              conversation.succeed(recording);
              return null;
            });
  }
}
