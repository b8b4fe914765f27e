package dev.stoker.admin.api;

import dev.stoker.admin.route.Answers;
import dev.stoker.jvm.own.ProfileQuery;
import dev.stoker.selfprofile.OwnProfiles;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * <code>/debug/pprof/*</code> of this JVM, as a Go service answers it, see {@link ProfileQuery}.
 */
public final class OwnProfilesApi {
  private static final Logger log = LoggerFactory.getLogger(OwnProfilesApi.class);
  private static final int MAX_RUNNING = 16;

  private final OwnProfiles profiles;
  private int running;

  public OwnProfilesApi(OwnProfiles profiles) {
    this.profiles = profiles;
  }

  public void index(RoutingContext context) {
    Answers.text(context, 200, ProfileQuery.help());
  }

  /** Answers the profile that the path parameter <code>name</code> names. */
  public void profile(RoutingContext context) {
    ProfileQuery query;
    try {
      query =
          ProfileQuery.profile(
              context.pathParam("name"), context.request().getParam("seconds", ""));
    } catch (ProfileQuery.Refused refused) {
      Answers.text(context, refused.status(), refused.text());
      return;
    }
    if (running >= MAX_RUNNING) {
      Answers.error(context, 503, "too many profiles at once; at most " + MAX_RUNNING);
      return;
    }
    running++;
    profiles
        .read(query)
        .onComplete(ignored -> running--)
        .onSuccess(body -> answer(context, query, body))
        .onFailure(failure -> failed(context, failure));
  }

  private static void answer(RoutingContext context, ProfileQuery query, byte[] body) {
    if (context.response().closed()) {
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader("Content-Disposition", "attachment; filename=\"" + query.fileName() + "\"")
        // The body is gzip by itself: keep the server from packing it again.
        .putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY)
        .end(Buffer.buffer(body));
  }

  private static void failed(RoutingContext context, Throwable failure) {
    log.atWarn().addKeyValue("error", failure.toString()).log("cannot profile this JVM");
    Answers.error(context, 500, "cannot profile this JVM: " + failure.getMessage());
  }
}
