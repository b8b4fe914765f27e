package dev.stoker.scrape.source.actuator;

import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.source.Call;
import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.Cleanups;
import dev.stoker.scrape.source.Conversation;
import dev.stoker.scrape.source.JsonSize;
import dev.stoker.scrape.source.TargetCalls;
import dev.stoker.scrape.source.TargetCalls.Answer;
import dev.stoker.scrape.source.TargetCalls.Gathered;
import dev.stoker.scrape.source.TargetCalls.Request;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One scrape: sweep what an earlier life has left (once per target), start, wait, fetch, delete.
 * The protocol is that of <code>de.mirkosertic:flight-recorder-starter</code>: POST answers 201
 * with a Location; GET of a recording ends it; a recording stays until it is deleted.
 */
final class ActuatorPull {
  private static final int MAX_LIST = 1 << 20;
  private static final int MAX_SWEPT = 100;

  /** Only the id in the Location header is used: its host may be one that only the target knows. */
  private static final Pattern ID = Pattern.compile(".*/([A-Za-z0-9-]{1,64})/?(?:\\?.*)?");

  /** A recording that nobody ends, because Stoker was killed, ends by itself. */
  private static final long SPARE_SECONDS = 60;

  private final Source.ActuatorJfr source;
  private final ActuatorScraper.Tools tools;
  private final Cleanups cleanups;
  private final Set<String> swept;
  private final Target target;
  private final Conversation conversation;
  private final String base;

  ActuatorPull(
      Source.ActuatorJfr source,
      ActuatorScraper.Tools tools,
      Cleanups cleanups,
      Set<String> swept,
      Target target,
      Conversation conversation) {
    this.source = source;
    this.tools = tools;
    this.cleanups = cleanups;
    this.swept = swept;
    this.target = target;
    this.conversation = conversation;
    this.base = base(target.url());
  }

  /** The URL without its query: the duration in it goes into the request's body here. */
  private static String base(URI url) {
    String path = url.getRawPath().replaceAll("/+$", "");
    return url.getScheme() + "://" + url.getRawAuthority() + path;
  }

  void start() {
    String name = tools.names().next();
    conversation.result().onComplete(ignored -> tools.names().ended(name));
    boolean clean = swept.contains(target.key());
    (clean ? Future.succeededFuture() : sweep())
        .compose(ignored -> record(name))
        .onFailure(conversation::fail);
  }

  private Future<?> sweep() {
    Gathered list = new Gathered(MAX_LIST);
    return conversation
        .step("looking for recordings", call(HttpMethod.GET, "/", null, list))
        .compose(
            answer -> {
              if (!answer.ok()) {
                return Future.failedFuture(refused(answer, "the list of recordings"));
              }
              swept.add(target.key());
              List<Future<?>> deleting = new ArrayList<>();
              for (String id : leftovers(list.body())) {
                deleting.add(delete(id));
              }
              return Future.join(deleting).transform(all -> Future.succeededFuture());
            });
  }

  private List<String> leftovers(Buffer list) {
    List<String> ids = new ArrayList<>();
    JsonArray recordings;
    if (JsonSize.isTooMuch(list)) {
      return ids;
    }
    try {
      recordings = new JsonArray(list);
    } catch (DecodeException | ClassCastException noList) {
      return ids;
    }
    for (Object each : recordings) {
      if (each instanceof JsonObject recording && ids.size() < MAX_SWEPT) {
        String id = String.valueOf(recording.getValue("id"));
        String name = String.valueOf(recording.getValue("description"));
        if (tools.names().isLeftover(name) && ID.matcher("/" + id).matches()) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  private Future<Void> record(String name) {
    JsonObject command =
        new JsonObject()
            .put("duration", Long.toString(target.plan().seconds() + SPARE_SECONDS))
            .put("timeUnit", "SECONDS")
            .put("description", name);
    if (!source.settings().isEmpty()) {
      JsonObject settings = new JsonObject();
      source.settings().forEach(settings::put);
      command.put("customSettings", settings);
    }
    // If the answer is lost, so is the id: then the next scrape looks for it by its name.
    boolean clean = swept.remove(target.key());
    Call call = call(HttpMethod.POST, "/", command.toBuffer(), new Gathered(MAX_LIST));
    return conversation
        .step("starting a recording", call)
        .compose(
            answer -> {
              Matcher id = ID.matcher(answer.location());
              if (answer.status() != 201 || !id.matches()) {
                return Future.failedFuture(refused(answer, "a new recording"));
              }
              if (clean) {
                swept.add(target.key());
              }
              return fetch(id.group(1));
            });
  }

  private Future<Void> fetch(String id) {
    conversation.result().onComplete(ignored -> delete(id));
    return conversation
        .pause("recording", target.plan().seconds() * 1_000)
        .compose(
            ignored ->
                conversation.step("fetching", left -> tools.http().scrape(recording(id, left))))
        .map(
            result -> {
              conversation.end(renamed(result));
              return null;
            });
  }

  /** A wrong path was found out before this request. */
  private static ScrapeResult renamed(ScrapeResult result) {
    return result instanceof ScrapeResult.Failed failed && failed.outcome() == Outcome.NOT_FOUND
        ? new ScrapeResult.Failed(
            Outcome.HTTP, "the recording is gone before it was fetched: somebody has deleted it")
        : result;
  }

  private Target recording(String id, long deadlineMillis) {
    Target.Plan plan = target.plan();
    return new Target(
        target.key(),
        URI.create(base + "/" + id),
        target.type(),
        target.labels(),
        target.discoveredLabels(),
        target.process(),
        new Target.Plan(
            plan.intervalMillis(),
            plan.seconds(),
            deadlineMillis,
            plan.maxBodySize(),
            plan.maxInflatedSize()),
        target.delta());
  }

  /** Tried once more at the next scrape when it fails. */
  private Future<Answer> delete(String id) {
    Call call = call(HttpMethod.DELETE, "/" + id, null, data -> {});
    return cleanups
        .add(target.key(), call)
        .onComplete(
            done -> {
              if (done.failed() || !done.result().ok() && done.result().status() != 404) {
                swept.remove(target.key());
              }
            });
  }

  private Call call(HttpMethod method, String path, @Nullable Buffer json, TargetCalls.Sink sink) {
    return tools
        .calls()
        .call(new Request(method, URI.create(base + path), target.socket(), json), sink);
  }

  private CallFailed refused(Answer answer, String what) {
    String quoted = answer.text().isEmpty() ? "" : ": " + answer.text();
    if (answer.status() == 404) {
      return new CallFailed(
          Outcome.NOT_FOUND,
          "404 not found"
              + quoted
              + "; nothing serves "
              + target.url().getPath()
              + ": the application needs de.mirkosertic:flight-recorder-starter,"
              + " flightrecorder.enabled=true and the endpoint flightrecorder exposed, or"
              + " source_config.path is another");
    }
    if (answer.status() == 401 || answer.status() == 403) {
      return new CallFailed(
          Outcome.HTTP,
          answer.status()
              + quoted
              + "; the target wants credentials that were not sent, or its protection against"
              + " forged requests refuses POST and DELETE to actuators");
    }
    return new CallFailed(
        Outcome.HTTP, "HTTP status " + answer.status() + " instead of " + what + quoted);
  }
}
