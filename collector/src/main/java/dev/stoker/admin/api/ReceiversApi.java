package dev.stoker.admin.api;

import dev.stoker.receive.Clients;
import dev.stoker.receive.ReceiverStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * <code>GET /api/v1/receivers</code>: where each receiver listens, what it took, what it refused,
 * and who its clients are.
 */
public final class ReceiversApi {
  private final Supplier<List<ReceiverStatus>> receivers;

  public ReceiversApi(Supplier<List<ReceiverStatus>> receivers) {
    this.receivers = receivers;
  }

  public JsonArray list() {
    JsonArray items = new JsonArray();
    receivers.get().forEach(status -> items.add(item(status)));
    return items;
  }

  private static JsonObject item(ReceiverStatus status) {
    JsonObject requests = new JsonObject();
    status.counts().requests().forEach(requests::put);
    JsonArray clients = new JsonArray();
    status.clients().clients().forEach(client -> clients.add(item(client)));
    ReceiverStatus.LastError last = status.counts().lastError();
    return new JsonObject()
        .put("component", status.component())
        .put("protocol", status.protocol())
        .put("listen", status.port().listen())
        .put("open", status.port().open())
        .put("problem", orNull(status.port().problem()))
        .put("profiles", status.counts().profiles())
        .put("bytes", status.counts().bytes())
        .put("requests", requests)
        .put("last_error", orNull(last.words()))
        .put("last_error_at", last.words().isEmpty() ? null : time(last.atMillis()))
        .put("clients", clients)
        .put("clients_forgotten", status.clients().forgotten());
  }

  private static JsonObject item(Clients.Client client) {
    return new JsonObject()
        .put("address", client.address())
        .put("agent", client.agent())
        .put("profiles", client.profiles())
        .put("bytes", client.bytes())
        .put("refused", client.refused())
        .put("last_error", orNull(client.lastError()))
        .put("last_seen", time(client.lastSeenMillis()));
  }

  private static @Nullable String time(long millis) {
    return TargetsApi.time(Instant.ofEpochMilli(millis));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
