package dev.stoker.receive.pyroscope;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.receive.Answer;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import dev.stoker.receive.ReceiverParts;
import dev.stoker.receive.Sender;
import dev.stoker.receive.ingest.IngestBody;
import dev.stoker.receive.ingest.IngestQuery;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** Takes requests to <code>/ingest</code>, whose heads were looked at. Control context only. */
final class IngestDoor {
  /** Behind both there is the same. */
  static final Set<String> PATHS = Set.of("/ingest", "/pyroscope/ingest");

  private final ReceiverParts parts;
  private final Tools tools;
  private final LongSupplier maxInflated;

  /** What conversions need. */
  record Tools(CpuPool cpuPool, Workspaces workspaces, Timers timers) {}

  /**
   * @param maxInflated limit of the config that holds at the time
   */
  IngestDoor(ReceiverParts parts, Tools tools, LongSupplier maxInflated) {
    this.parts = parts;
    this.tools = tools;
    this.maxInflated = maxInflated;
  }

  void read(Arrival arrival, Sender sender, Answer answer) {
    HttpServerRequest request = arrival.request();
    IngestQuery query;
    try {
      query = IngestQuery.of(request::getParam, tools.timers().wallMillis() * 1_000_000);
    } catch (InvalidPush invalid) {
      parts.failed(answer, sender, invalid);
      return;
    } catch (IllegalArgumentException malformed) {
      // Vert.x decodes a query when it is first asked for, and throws then.
      parts.refuse(answer, sender, Refusal.invalid("the query cannot be decoded"));
      return;
    }
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    arrival.read(
        bytes ->
            decode(arrival, new IngestBody(query, type == null ? "" : type, bytes), sender, answer),
        refusal -> parts.refuse(answer, sender, refusal));
  }

  private void decode(Arrival arrival, IngestBody body, Sender sender, Answer answer) {
    Refusal full = arrival.reserve(body.memory());
    if (full != null) {
      parts.refuse(answer, sender, full);
      return;
    }
    long most = maxInflated.getAsLong();
    tools
        .cpuPool()
        .submit(() -> body.decode(most, tools.workspaces()))
        .onSuccess(profiles -> decoded(profiles, sender, answer))
        .onFailure(failure -> parts.failed(answer, sender, failure));
  }

  private void decoded(List<Incoming> profiles, Sender sender, Answer answer) {
    if (profiles.isEmpty()) {
      parts.admission().nothing(sender, answer);
    } else {
      parts.admission().admit(profiles, sender, answer);
    }
  }
}
