package dev.stoker.write.pyroscope;

import dev.stoker.http.client.ClientAccess;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.PushClient;
import dev.stoker.write.queue.OutgoingProfile;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Map;

/**
 * Sends one profile per request, as push.v1 in Connect's unary form: <code>
 * POST …/push.v1.PusherService/Push</code>. The request is the envelope and then the profile's own
 * bytes, which are neither copied together nor changed. What an answer means is said by {@link
 * PushAnswers}. The control context owns it.
 */
final class PyroscopeSender implements Sender {
  private static final String PATH = "/push.v1.PusherService/Push";

  private final PushClient client;
  private final PushAnswers answers;

  PyroscopeSender(EndpointConfig config, PyroscopeWrite.Services services, ClientAccess settings) {
    String millis = Long.toString(config.remoteTimeout().toMillis());
    PushClient.Form form =
        new PushClient.Form(
            PATH,
            Map.of(
                "Content-Type",
                PushAnswers.MEDIA_TYPE,
                "Connect-Protocol-Version",
                "1",
                "Connect-Timeout-Ms",
                millis),
            false);
    this.client =
        new PushClient(
            config,
            form,
            new PushClient.Services(services.vertx(), services.timers(), services.userAgent()),
            settings);
    this.answers = new PushAnswers(config, client.texts(), services.timers());
  }

  @Override
  public Future<SendResult> send(OutgoingProfile profile) {
    return client.send(wrap(Push.of(profile)), profile.tenant(), answers);
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }

  /** Shares the arrays; Buffer.buffer would copy them. */
  private static Buffer wrap(Push push) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(push.envelope(), push.body()));
  }
}
