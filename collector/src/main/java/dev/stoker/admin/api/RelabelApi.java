package dev.stoker.admin.api;

import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Busy;
import dev.stoker.admin.route.Params;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.config.RulesFile;
import dev.stoker.labels.Labels;
import dev.stoker.relabel.RelabelStep;
import dev.stoker.relabel.RelabelStep.Effect;
import dev.stoker.relabel.Relabeler;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The relabel lab. <code>POST /api/v1/relabel {"rules": "rules = […]", "labels": {…}}</code>
 * answers as <code>stoker relabel --json</code>, with each step's <code>detail</code>, or 200 with
 * <code>
 * errors</code> where rules are wrong. <code>GET /api/v1/relabel/rules</code>: the rules of running
 * components, to start from. Nothing here changes a running graph.
 */
public final class RelabelApi {
  private static final int MAX_RULES_TEXT = 32 << 10;
  private static final int MAX_LABELS_TEXT = 32 << 10;

  /** The bound on the labels after all steps. The answer is about twice as large. */
  private static final int MAX_STEPS_TEXT = 256 << 10;

  private final Supplier<Map<String, Relabeler>> components;
  private final CpuPool cpu;
  private boolean running;

  /**
   * @param components id to rules
   */
  public RelabelApi(Supplier<Map<String, Relabeler>> components, CpuPool cpu) {
    this.components = components;
    this.cpu = cpu;
  }

  /** The rules of the running components. */
  public JsonObject rules(Params params) {
    JsonArray items = new JsonArray();
    components
        .get()
        .forEach(
            (component, relabeler) ->
                items.add(
                    new JsonObject()
                        .put("component", component)
                        .put("rules", RulesText.of(relabeler.rules()))));
    return new JsonObject().put("components", items);
  }

  /** Says what each rule of a text does to labels. */
  public Future<JsonObject> explain(JsonObject body, RoutingContext context) throws BadRequest {
    if (!(body.getValue("rules") instanceof String rules) || rules.length() > MAX_RULES_TEXT) {
      throw new BadRequest("rules must be a text of at most " + MAX_RULES_TEXT + " characters");
    }
    if (!(body.getValue("labels") instanceof JsonObject given)) {
      throw new BadRequest("labels must be an object of texts");
    }
    Labels labels = labels(given);
    if (running) {
      // A rule set may be slow on purpose: one at a time leaves the pool to the scrapes.
      return Future.failedFuture(new Busy("another lab run is on; try again"));
    }
    running = true;
    return cpu.submit(() -> explained(RulesFile.parse(rules), labels))
        .onComplete(ignored -> running = false);
  }

  private static Labels labels(JsonObject given) throws BadRequest {
    Labels.Builder labels = Labels.empty().toBuilder();
    int size = 0;
    for (Map.Entry<String, Object> label : given) {
      if (!(label.getValue() instanceof String value)) {
        throw new BadRequest("label \"" + label.getKey() + "\" is no text");
      }
      size += label.getKey().length() + value.length();
      labels.set(label.getKey(), value);
    }
    if (size > MAX_LABELS_TEXT) {
      throw new BadRequest("labels hold more than " + MAX_LABELS_TEXT + " characters");
    }
    return labels.build();
  }

  private static JsonObject explained(RulesFile.Result parsed, Labels input) {
    if (!parsed.problems().isEmpty()) {
      JsonArray errors = new JsonArray();
      parsed
          .problems()
          .forEach(
              wrong ->
                  errors.add(
                      new JsonObject()
                          .put("line", wrong.line())
                          .put("path", wrong.path())
                          .put("message", wrong.message())));
      return new JsonObject().put("errors", errors);
    }
    List<RelabelStep> steps = new Relabeler(parsed.rules()).explain(input, MAX_STEPS_TEXT);
    JsonArray items = new JsonArray();
    Labels output = input;
    boolean dropped = false;
    for (RelabelStep step : steps) {
      output = step.after();
      dropped = step.effect() == Effect.DROPPED;
      items.add(
          new JsonObject()
              .put("rule", step.rule())
              .put("effect", step.effect().name().toLowerCase(Locale.ROOT))
              .put("before", Json.labels(step.before()))
              .put("after", Json.labels(step.after()))
              .put("detail", step.detail())
              .put("text", RulesText.of(parsed.rules().get(step.rule() - 1))));
    }
    JsonObject answer = new JsonObject().put("steps", items).put("rules", parsed.rules().size());
    if (!dropped && steps.size() < parsed.rules().size()) {
      return answer
          .put("output", null)
          .put(
              "truncated",
              "Steps after rule "
                  + steps.size()
                  + " are left out, because the answer would be too large; use fewer rules or"
                  + " shorter labels.");
    }
    return answer.put("output", dropped ? null : Json.labels(output));
  }
}
