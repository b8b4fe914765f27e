package dev.stoker.scrape.source.jolokia;

import dev.stoker.scrape.source.Call;
import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.Cleanups;
import dev.stoker.scrape.source.Conversation;
import dev.stoker.scrape.source.TargetCalls;
import dev.stoker.scrape.source.TargetCalls.Answer;
import dev.stoker.scrape.source.TargetCalls.Gathered;
import dev.stoker.scrape.source.TargetCalls.Request;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The requests of one scrape to the FlightRecorder MBean: steps of the scrape, which end with it,
 * and requests in addition to it, which go on when it has ended. On the control context.
 */
final class RecorderCalls {
  private static final int MAX_SMALL = 4 << 20;

  /** Bytes of the answer to a request in addition to a scrape, which no budget counts. */
  private static final int MAX_BESIDE = 64 << 10;

  private final JolokiaScraper.Tools tools;
  private final Cleanups cleanups;
  private final Target target;
  private final Conversation conversation;

  RecorderCalls(
      JolokiaScraper.Tools tools, Cleanups cleanups, Target target, Conversation conversation) {
    this.tools = tools;
    this.cleanups = cleanups;
    this.target = target;
    this.conversation = conversation;
  }

  JolokiaScraper.Tools tools() {
    return tools;
  }

  Target target() {
    return target;
  }

  Conversation conversation() {
    return conversation;
  }

  static Call call(
      JolokiaScraper.Tools tools, Target target, List<JsonObject> requests, TargetCalls.Sink sink) {
    return tools
        .calls()
        .call(
            new Request(
                HttpMethod.POST,
                FlightRecorderBean.url(target.url()),
                target.socket(),
                new JsonArray(requests).toBuffer()),
            sink);
  }

  /**
   * Sends requests as a step of the scrape. The result has an object for each request, with an
   * error or without.
   */
  Future<List<JsonObject>> ask(String doing, JsonObject... requests) {
    Gathered answer = new Gathered(MAX_SMALL);
    return conversation
        .step(doing, call(tools, target, List.of(requests), answer))
        .compose(
            head -> {
              try {
                return Future.succeededFuture(
                    FlightRecorderBean.results(head, answer.body(), requests.length));
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
            });
  }

  /**
   * Sends requests as a step of the scrape. The result has all values; the first error fails it.
   */
  Future<List<Object>> values(String doing, JsonObject... requests) {
    return ask(doing, requests)
        .compose(
            results -> {
              List<Object> values = new ArrayList<>();
              try {
                for (JsonObject result : results) {
                  values.add(FlightRecorderBean.check(result));
                }
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
              return Future.succeededFuture(values);
            });
  }

  /** Sends a request as a step of the scrape; the answer goes to the sink piece by piece. */
  Future<Answer> stream(String doing, JsonObject request, TargetCalls.Sink sink) {
    return conversation.step(
        doing,
        tools
            .calls()
            .call(
                new Request(
                    HttpMethod.POST,
                    FlightRecorderBean.url(target.url()),
                    target.socket(),
                    request.toBuffer()),
                sink));
  }

  /** Sends requests in addition to the scrape: they are not cut when it ends. */
  Future<Beside> beside(JsonObject... requests) {
    Gathered answer = new Gathered(MAX_BESIDE);
    return cleanups
        .add(target.key(), call(tools, target, List.of(requests), answer))
        .map(head -> new Beside(head, answer));
  }

  /** An answer to a request in addition to the scrape. */
  record Beside(Answer head, Gathered answer) {
    /** The only result; fails when it is an error. */
    Object only() throws CallFailed {
      return FlightRecorderBean.check(FlightRecorderBean.results(head, answer.body(), 1).get(0));
    }

    /** Recordings that were to be closed are closed. */
    boolean areClosed() {
      return FlightRecorderBean.areClosed(answer.body());
    }
  }
}
