package dev.stoker.source.jolokia;

import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import dev.stoker.source.Call;
import dev.stoker.source.CallFailed;
import dev.stoker.source.Cleanups;
import dev.stoker.source.Conversation;
import dev.stoker.source.OwnNames;
import dev.stoker.source.TargetCalls;
import dev.stoker.source.TargetCalls.Gathered;
import dev.stoker.source.TargetCalls.Request;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One scrape: on first contact sweep, begin a recording and let it run for a moment; then clone it,
 * which ends its chunk, and read the clone from where the last scrape has ended. A running
 * recording cannot be read, and a snapshot would hold what others record.
 */
final class JolokiaPull {
  private static final int MAX_SMALL = 4 << 20;

  /** Answers to what is done beside a scrape, which no budget counts. */
  private static final int MAX_BESIDE = 64 << 10;

  /** Recordings that are closed at once; the next scrape goes on. */
  private static final int MAX_CLOSED = 100;

  /** The JDK gives none: it says that it is at the end. */
  private static final int MAX_EMPTY_BLOCKS = 3;

  private static final int BLOCK = 1_000_000;
  private static final long MAX_DISK = 64L << 20;
  private static final long MIN_AGE_SECONDS = 600;

  /**
   * A recording ends by itself so long after its start, in case its Stoker never comes back; a
   * successor takes over in half of the time. The time of a running recording cannot be prolonged.
   */
  private static final long LIFE_SECONDS = 7_200;

  private final Source.Jolokia source;
  private final JolokiaScraper.Tools tools;
  private final Cleanups cleanups;
  private final JolokiaScraper.State state;
  private final Target target;
  private final Conversation conversation;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private long openStream = -1;
  private int emptyBlocks;

  JolokiaPull(
      Source.Jolokia source,
      JolokiaScraper.Tools tools,
      Cleanups cleanups,
      JolokiaScraper.State state,
      Target target,
      Conversation conversation) {
    this.source = source;
    this.tools = tools;
    this.cleanups = cleanups;
    this.state = state;
    this.target = target;
    this.conversation = conversation;
  }

  static Call call(
      JolokiaScraper.Tools tools, Target target, List<JsonObject> requests, TargetCalls.Sink sink) {
    return tools
        .calls()
        .call(
            new Request(
                HttpMethod.POST, Bean.url(target.url()), new JsonArray(requests).toBuffer()),
            sink);
  }

  void start() {
    Held held = state.held;
    Future<?> clean = state.swept ? Future.succeededFuture() : sweep();
    clean.compose(ignored -> held == null ? first() : next(held)).onFailure(conversation::fail);
  }

  private Future<List<JsonObject>> ask(String doing, JsonObject... requests) {
    Gathered answer = new Gathered(MAX_SMALL);
    return conversation
        .step(doing, call(tools, target, List.of(requests), answer))
        .compose(
            head -> {
              try {
                return Future.succeededFuture(Bean.results(head, answer.body(), requests.length));
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
            });
  }

  /** All values, or the first error. */
  private Future<List<Object>> values(String doing, JsonObject... requests) {
    return ask(doing, requests)
        .compose(
            results -> {
              List<Object> values = new ArrayList<>();
              try {
                for (JsonObject result : results) {
                  values.add(Bean.check(result));
                }
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
              return Future.succeededFuture(values);
            });
  }

  private Future<Void> sweep() {
    return values("looking for recordings", Bean.readRecordings())
        .compose(
            values -> {
              List<JsonObject> closing = new ArrayList<>();
              boolean all = true;
              if (values.get(0) instanceof JsonArray recordings) {
                for (Object each : recordings) {
                  if (each instanceof JsonObject recording
                      && recording.getValue("id") instanceof Number id
                      && isLeftover(String.valueOf(recording.getValue("name")))) {
                    all &= closing.size() < MAX_CLOSED;
                    if (all) {
                      closing.add(Bean.exec("closeRecording", id));
                    }
                  }
                }
              }
              state.swept = all;
              return closing.isEmpty() ? Future.succeededFuture() : giveBack(closing);
            });
  }

  private boolean isLeftover(String name) {
    Held held = state.held;
    return tools.names().isLeftover(name)
        || held != null && name.equals(OwnNames.cloneOf(held.name));
  }

  /** Goes on when the scrape has ended; what fails is looked for by the next one. */
  private Future<Void> giveBack(List<JsonObject> requests) {
    Gathered answer = new Gathered(MAX_BESIDE);
    return cleanups
        .add(target.key(), call(tools, target, requests, answer))
        .onComplete(
            done -> {
              if (done.failed() || !Bean.areClosed(answer.body())) {
                state.swept = false;
              }
            })
        .transform(ignored -> Future.succeededFuture());
  }

  private Future<Void> first() {
    return begin()
        .compose(
            held -> {
              state.held = held;
              return conversation.pause("recording", firstMillis()).map(held);
            })
        .compose(held -> pull(held, true));
  }

  /** The first scrape has something to show, too. */
  private long firstMillis() {
    long quarter = Math.min(target.plan().intervalMillis(), target.plan().deadlineMillis()) / 4;
    return Math.min(10_000, quarter);
  }

  private Future<Void> next(Held held) {
    long age = (tools.timers().nanoTime() - held.startedNanos) / 1_000_000;
    if (age < LIFE_SECONDS * 500) {
      return pull(held, false);
    }
    return begin()
        .compose(
            successor ->
                pull(held, false)
                    .onComplete(
                        done -> {
                          // What both hold comes twice and is sent once.
                          boolean takesOver = done.succeeded() && state.held == held;
                          close(takesOver ? held : successor);
                          state.held = takesOver ? successor : state.held;
                        }));
  }

  private Future<Held> begin() {
    String name = tools.names().next();
    return create()
        .compose(
            id -> {
              Held held = new Held(id, name, tools.timers());
              return configure(held).map(held).onFailure(failed -> close(held));
            })
        .onFailure(failed -> tools.names().ended(name));
  }

  /** Not to be cut: without its answer nobody would know the recording, which has no name yet. */
  private Future<Long> create() {
    Gathered answer = new Gathered(MAX_BESIDE);
    Call call = call(tools, target, List.of(Bean.exec("newRecording")), answer);
    return cleanups
        .add(target.key(), call)
        .compose(
            head -> {
              try {
                JsonObject created = Bean.results(head, answer.body(), 1).get(0);
                return Future.succeededFuture(Bean.number(Bean.check(created)));
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
            });
  }

  private void close(Held held) {
    tools.names().ended(held.name);
    giveBack(List.of(Bean.exec("closeRecording", held.id)));
  }

  private Future<?> configure(Held held) {
    JsonObject options = Bean.exec("setRecordingOptions", held.id, Bean.map(options(held.name)));
    JsonObject begin = Bean.exec("startRecording", held.id);
    if (source.configuration().isEmpty()) {
      return values("configuring a recording", options, settings(held, Map.of()), begin);
    }
    return values(
            "configuring a recording",
            options,
            Bean.exec("setPredefinedConfiguration", held.id, source.configuration()),
            Bean.exec("getRecordingSettings", held.id))
        .compose(
            values -> {
              Map<String, String> base = new LinkedHashMap<>();
              if (values.get(2) instanceof JsonObject known) {
                known.forEach(entry -> base.put(entry.getKey(), String.valueOf(entry.getValue())));
              }
              return values("starting a recording", settings(held, base), begin);
            });
  }

  private JsonObject settings(Held held, Map<String, String> base) {
    return Bean.exec("setRecordingSettings", held.id, Bean.map(Events.settings(source, base)));
  }

  private Map<String, String> options(String name) {
    long interval = target.plan().intervalMillis() / 1_000;
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

  /**
   * @param begun by this scrape: if it is not there now, something is wrong
   */
  private Future<Void> pull(Held held, boolean begun) {
    // If the answer is lost, so is the clone's id: then the next scrape looks for it by its name.
    state.swept = false;
    return ask(
            "ending a chunk",
            Bean.exec("getRecordingOptions", held.id),
            Bean.exec("cloneRecording", held.id, true))
        .compose(
            results -> {
              state.swept = true;
              try {
                boolean ours = isNamed(results.get(0), held.name);
                if (ours || results.get(1).getValue("value") instanceof Number) {
                  long clone = Bean.number(Bean.check(results.get(1)));
                  conversation.result().onComplete(ignored -> giveBack(closing(clone)));
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

  private List<JsonObject> closing(long clone) {
    JsonObject recording = Bean.exec("closeRecording", clone);
    return openStream < 0
        ? List.of(recording)
        : List.of(Bean.exec("closeStream", openStream), recording);
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
  private Future<Void> lost(Held held) {
    tools.names().ended(held.name);
    state.held = null;
    return first();
  }

  private Future<Void> read(Held held, long clone) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("blockSize", Integer.toString(BLOCK));
    if (held.nextMillis() > 0) {
      options.put("startTime", Long.toString(held.nextMillis()));
    }
    return values("opening the recording", Bean.exec("openStream", clone, Bean.map(options)))
        .compose(
            values -> {
              try {
                return blocks(Bean.number(values.get(0)));
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
            })
        .compose(
            ignored -> {
              byte[] recording = body.toByteArray();
              if (recording.length == 0) {
                return Future.failedFuture(
                    new CallFailed(Outcome.MALFORMED, "the recording holds nothing new"));
              }
              held.read(recording);
              conversation.succeed(recording);
              return Future.succeededFuture();
            });
  }

  private Future<Void> blocks(long stream) {
    openStream = stream;
    int before = body.size();
    BlockDecoder decoder = new BlockDecoder(body, BLOCK, target.plan().maxBodySize());
    return conversation
        .step(
            "reading the recording",
            tools
                .calls()
                .call(
                    new Request(
                        HttpMethod.POST,
                        Bean.url(target.url()),
                        Bean.exec("readStream", stream).toBuffer()),
                    decoder))
        .compose(
            head -> {
              try {
                Bean.checkHttp(head);
                decoder.finish();
                emptyBlocks = body.size() > before || decoder.isLast() ? 0 : emptyBlocks + 1;
                if (emptyBlocks > MAX_EMPTY_BLOCKS) {
                  throw new CallFailed(
                      Outcome.MALFORMED,
                      "Jolokia answers with empty blocks and never says that the recording ends; look"
                          + " at what serves or proxies it");
                }
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
              return decoder.isLast() ? Future.succeededFuture() : blocks(stream);
            });
  }
}
