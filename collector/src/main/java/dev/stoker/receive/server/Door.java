package dev.stoker.receive.server;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One port of a receiver through all reloads. Owned by the control context. */
public final class Door {
  private static final Logger log = LoggerFactory.getLogger(Door.class);

  /** Requests at work need a moment on the CPU; who is slower is cut off. */
  private static final Duration REST = Duration.ofSeconds(2);

  private static final long TRY_AGAIN_MILLIS = 5_000;

  private final ReceiveServer server;
  private final Consumer<Arrival> handler;
  private @Nullable Socket socket;
  private String problem = "";
  private boolean stopped;

  Door(ReceiveServer server, Consumer<Arrival> handler) {
    this.server = server;
    this.handler = handler;
  }

  /**
   * A change of where the door listens. After {@link #open}, its owner calls either {@link #commit}
   * or {@link #abandon}.
   */
  public final class Move {
    private final @Nullable Socket next;
    private final boolean stays;
    private final boolean beside;
    private boolean bound;

    private Move(@Nullable Listen to) {
      Socket now = socket;
      this.stays = to == null ? now == null : now != null && now.listen().equals(to);
      this.next =
          to == null || stays
              ? null
              : new Socket(to, server.component(), server.vertx(), server.timers());
      this.beside = now == null || to == null || !now.listen().sameAddress(to);
    }

    /**
     * Opens what can be opened beside what is open.
     *
     * @return what is wrong, for the user
     */
    public Future<List<String>> open() {
      Socket opening = next;
      if (opening == null) {
        return Future.succeededFuture(List.of());
      }
      return opening
          .read()
          .compose(ignored -> beside ? bind(opening) : Future.succeededFuture())
          .map(
              ignored -> {
                bound = beside;
                return List.<String>of();
              })
          .recover(
              failure -> Future.succeededFuture(List.of(String.valueOf(failure.getMessage()))));
    }

    /** Takes requests there from now on, or nowhere. */
    public Future<Void> commit() {
      if (stays) {
        return Future.succeededFuture();
      }
      Socket before = socket;
      Socket taking = next;
      socket = taking;
      Future<Void> left = before == null ? Future.succeededFuture() : before.close(REST);
      if (taking == null) {
        problem = "";
        return left;
      }
      if (bound) {
        problem = ""; // that of the place where it listened before
        return Future.succeededFuture();
      }
      // The same port with another certificate or login: free only now.
      return left.compose(ignored -> bindUntilItWorks(taking));
    }

    public Future<Void> abandon() {
      return next == null ? Future.succeededFuture() : next.close(Duration.ZERO);
    }
  }

  /**
   * Prepares to listen there, and changes nothing yet.
   *
   * @param to null = nowhere
   */
  public Move move(@Nullable Listen to) {
    return new Move(to);
  }

  private Future<Void> bind(Socket opening) {
    return opening.bind(
        server::connected, request -> server.request(request, opening.access(), handler));
  }

  private Future<Void> bindUntilItWorks(Socket opening) {
    return bind(opening)
        .onSuccess(ignored -> problem = "")
        .recover(
            failure -> {
              problem = String.valueOf(failure.getMessage());
              log.atError()
                  .addKeyValue("component", server.component())
                  .addKeyValue("error", problem)
                  .log("a receiver cannot listen; it tries again");
              server.timers().after(TRY_AGAIN_MILLIS, () -> tryAgain(opening));
              return Future.succeededFuture();
            });
  }

  private void tryAgain(Socket opening) {
    if (!stopped && socket == opening) {
      bindUntilItWorks(opening);
    }
  }

  /** Why it does not listen, for people; "" = it does, or is not to. */
  public String problem() {
    return problem;
  }

  /** Where it listens, for people; "" = nowhere. */
  public String address() {
    Socket now = socket;
    return now == null
        ? ""
        : new Listen(now.listen().host(), now.port(), now.listen().access()).shown();
  }

  /** Takes no new connection, and lets what is at work end. Idempotent. */
  Future<Void> close() {
    stopped = true;
    Socket now = socket;
    return now == null ? Future.succeededFuture() : now.close(REST);
  }
}
