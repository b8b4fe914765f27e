package dev.stoker.admin.route;

import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An answer that takes long is written in pieces; others have their turn between two of them. */
public final class Pieces {
  private static final String KEY = Pieces.class.getName();

  /** Pieces of the answer to this request wait for their turn there. */
  public static void wait(RoutingContext context, Consumer<Runnable> turns) {
    context.put(KEY, turns);
  }

  /** Runs the next piece, on the same context, when it is its turn. */
  public static void next(RoutingContext context, Runnable piece) {
    @Nullable Consumer<Runnable> turns = context.get(KEY);
    if (turns == null) {
      context.vertx().runOnContext(ignored -> piece.run());
    } else {
      turns.accept(piece);
    }
  }

  private Pieces() {}
}
