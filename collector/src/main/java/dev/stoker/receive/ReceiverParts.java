package dev.stoker.receive;

import dev.stoker.component.Services;
import dev.stoker.concurrent.Timers;
import dev.stoker.pprof.shared.BodyWork;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.receive.server.Bounds;
import dev.stoker.receive.server.ReceiveServer;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * The parts that each receiver has, whatever its clients speak: the server with its ports, and the
 * admission behind it. Owned by the control context.
 */
public record ReceiverParts(ReceiveServer server, Admission admission, Timers timers) {
  /** The parts of a new receiver. */
  public static ReceiverParts of(
      String component, Bounds bounds, Admission.Settings settings, Services services) {
    return new ReceiverParts(
        new ReceiveServer(
            component,
            bounds,
            new ReceiveServer.Surroundings(
                services.vertx(), services.timers(), services.registry())),
        new Admission(
            component,
            settings,
            new Admission.Around(
                services.cpuPool(),
                BodyWork.of(services).workspaces(),
                services.timers(),
                services.registry(),
                services.shared(PushedProfiles.class, ignored -> new PushedProfiles()))),
        services.timers());
  }

  /** Another config, for what comes from now on. */
  public void configure(Bounds bounds, Admission.Settings settings) {
    server.configure(bounds);
    admission.configure(settings);
  }

  /** Refuses a request, or counts that nobody waits for its answer any more. */
  public void refuse(Answer answer, Sender sender, Refusal refusal) {
    if (answer.isGone()) {
      admission.gone();
    } else {
      admission.refused(sender, refusal);
    }
    answer.refused(refusal);
  }

  /**
   * Refuses a request that could not be read.
   *
   * @param failure an {@link InvalidPush}, or a bug, which is logged
   */
  public void failed(Answer answer, Sender sender, Throwable failure) {
    if (failure instanceof InvalidPush) {
      refuse(answer, sender, Refusal.invalid(String.valueOf(failure.getMessage())));
    } else {
      admission.books().bug("reading what was pushed", failure, timers.nanoTime());
      refuse(answer, sender, Refusal.bug());
    }
  }

  /** What clients have sent is looked at to its end: it may be a queue's in a moment. */
  Future<Void> letGo() {
    Promise<Void> idle = Promise.promise();
    return server
        .close()
        .compose(
            ignored -> {
              admission.whenIdle(idle::tryComplete);
              return idle.future();
            });
  }

  Future<Void> stop() {
    return server.close().onComplete(ignored -> forget());
  }

  /** Takes its metrics away. */
  public void forget() {
    server.forget();
    admission.close();
  }
}
