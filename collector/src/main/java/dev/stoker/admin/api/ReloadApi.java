package dev.stoker.admin.api;

import dev.stoker.admin.route.Answers;
import dev.stoker.reload.Change;
import dev.stoker.reload.ReloadResult;
import dev.stoker.schema.Problem;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;

/**
 * <code>POST /-/reload</code>: 200 with what has changed, or 400 with what is wrong, while the
 * config before runs on. Answers when the new config runs.
 */
public final class ReloadApi {
  private final Supplier<Future<ReloadResult>> reload;

  public ReloadApi(Supplier<Future<ReloadResult>> reload) {
    this.reload = reload;
  }

  public void reload(RoutingContext context) {
    reload.get().onSuccess(result -> answer(context, result));
  }

  /** Says that it takes a POST. */
  public void askedByGet(RoutingContext context) {
    context.response().putHeader(HttpHeaders.ALLOW, "POST");
    Answers.text(
        context,
        405,
        "nothing was reloaded: ask by POST, as in curl -X POST "
            + context.request().absoluteURI()
            + "\n");
  }

  private static void answer(RoutingContext context, ReloadResult result) {
    int status = result instanceof ReloadResult.Reloaded ? 200 : 400;
    Answers.json(context, status, json(result).toBuffer());
  }

  /** The answer's body; also what the API shows as the last reload. */
  static JsonObject json(ReloadResult result) {
    if (result instanceof ReloadResult.Refused refused) {
      return new JsonObject().put("errors", problems(refused.problems()));
    }
    ReloadResult.Reloaded reloaded = (ReloadResult.Reloaded) result;
    Change change = reloaded.change();
    return new JsonObject()
        .put("added", new JsonArray(change.added()))
        .put("changed", new JsonArray(change.changed()))
        .put("removed", new JsonArray(change.removed()))
        .put(
            "loops",
            new JsonObject()
                .put("kept", change.loops().kept())
                .put("restarted", change.loops().restarted()))
        .put("restart_needed", new JsonArray(change.notes()))
        .put("warnings", problems(reloaded.warnings()));
  }

  private static JsonArray problems(List<Problem> problems) {
    JsonArray items = new JsonArray();
    for (Problem problem : problems) {
      items.add(
          new JsonObject()
              .put("file", problem.file())
              .put("line", problem.line())
              .put("column", problem.column())
              .put("path", problem.path())
              .put("message", problem.message()));
    }
    return items;
  }
}
