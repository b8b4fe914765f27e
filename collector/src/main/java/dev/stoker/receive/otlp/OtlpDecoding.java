package dev.stoker.receive.otlp;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.otlp.decode.Decoded;
import dev.stoker.otlp.decode.OtlpRequest;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.receive.InvalidPush;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.Future;

/**
 * Reads requests on the CPU pool, each in memory that was taken for it: first what is enough for
 * almost all, then what the limits allow. Owned by the control context.
 */
final class OtlpDecoding {
  private final CpuPool cpuPool;
  private final Workspaces workspaces;

  /** A request is refused for this reason. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    Refused(Refusal refusal) {
      super(refusal.words(), null, false, false);
      this.refusal = refusal;
    }

    Refusal refusal() {
      return refusal;
    }
  }

  /**
   * What a request may take.
   *
   * @param maxInflated bytes of the message, and of all its profiles
   * @param memory bytes of all requests
   */
  record Most(long maxInflated, long memory) {}

  OtlpDecoding(CpuPool cpuPool, Workspaces workspaces) {
    this.cpuPool = cpuPool;
    this.workspaces = workspaces;
  }

  /** Fails with {@link Refused}, or with a bug. */
  Future<Decoded> decode(Arrival arrival, OtlpBody body, Most most) {
    if (body.isLargerThan(most.maxInflated())) {
      return refused(
          new Refusal(
              Refusal.Kind.TOO_LARGE,
              "the request inflates to more than limits.max_inflated_size ("
                  + most.maxInflated()
                  + " bytes)"));
    }
    Refusal full = arrival.reserve(body.memory());
    if (full != null) {
      return refused(full);
    }
    return cpuPool
        .submit(body::request)
        .compose(request -> decode(arrival, request, most), OtlpDecoding::invalid);
  }

  private Future<Decoded> decode(Arrival arrival, OtlpRequest request, Most most) {
    if (arrival.isGone()) {
      return refused(Refusal.busy("nobody waits for the answer"));
    }
    long usual = Math.min(request.usual(), most.maxInflated());
    if (request.memory(usual) + request.message().length > most.memory()) {
      return refused(
          new Refusal(
              Refusal.Kind.TOO_LARGE,
              "to read the request takes more memory than limits.max_in_flight_bytes ("
                  + most.memory()
                  + " bytes); send fewer profiles in a request"));
    }
    Refusal full = arrival.reserve(request.memory(usual));
    if (full != null) {
      return refused(full);
    }
    return read(request, usual)
        .compose(decoded -> again(arrival, request, decoded, most), OtlpDecoding::invalid);
  }

  /** Profiles that share much of a dictionary may take more than others, when there is room. */
  private Future<Decoded> again(Arrival arrival, OtlpRequest request, Decoded first, Most most) {
    long usual = Math.min(request.usual(), most.maxInflated());
    long more = request.memory(most.maxInflated()) - request.memory(usual);
    boolean possible =
        request.memory(most.maxInflated()) + request.message().length <= most.memory();
    if (!first.outOfRoom() || more <= 0 || !possible || arrival.isGone()) {
      return Future.succeededFuture(first);
    }
    Refusal full = arrival.reserve(more);
    return full != null
        ? refused(full)
        : read(request, most.maxInflated()).recover(OtlpDecoding::invalid);
  }

  private Future<Decoded> read(OtlpRequest request, long room) {
    return cpuPool.submit(() -> workspaces.use(workspace -> request.decode(room, workspace)));
  }

  private static <T> Future<T> refused(Refusal refusal) {
    return Future.failedFuture(new Refused(refusal));
  }

  private static Future<Decoded> invalid(Throwable failure) {
    boolean invalid =
        failure instanceof InvalidPush || failure instanceof MalformedProfileException;
    return invalid
        ? refused(Refusal.invalid(String.valueOf(failure.getMessage())))
        : Future.failedFuture(failure);
  }
}
