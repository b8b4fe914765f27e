package dev.stoker.admin.api;

import dev.stoker.admin.route.Answers;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.scrape.loop.TargetView;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Writes targets as fast as the client reads them: of an answer that may have 100 MB no more than a
 * piece is in memory. A piece takes some milliseconds at most, also in a process that has just
 * started, in which 64 KiB took a fifth of a second.
 */
final class TargetsAnswer {
  private static final int PIECE = 64 << 10;
  private static final long PIECE_NANOS = 5_000_000;

  private final Iterator<JsonObject> active;
  private final Iterator<JsonObject> dropped;
  private final JsonObject total;
  private Stage stage = Stage.START;

  private enum Stage {
    START,
    ACTIVE,
    DROPPED,
    END
  }

  TargetsAnswer(TargetQuery query, List<TargetView> all, List<DroppedTarget> allDropped) {
    List<TargetView> views = query.active(all);
    List<DroppedTarget> drops = query.dropped(allDropped);
    active = lazily(query.page(views, 0), TargetsApi::active);
    dropped = lazily(query.page(drops, views.size()), TargetsApi::dropped);
    total = TargetsApi.total(views.size(), drops.size());
  }

  private static <T> Iterator<JsonObject> lazily(List<T> list, Function<T, JsonObject> json) {
    return list.stream().map(json).iterator();
  }

  /**
   * @param later runs the next piece on the same context, when others had their turn
   */
  void write(HttpServerResponse response, Consumer<Runnable> later) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, Answers.JSON);
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    Buffer first = next();
    if (stage == Stage.END) {
      response.end(first);
      return;
    }
    response.setChunked(true).write(first);
    later.accept(() -> goOn(response, later));
  }

  private void goOn(HttpServerResponse response, Consumer<Runnable> later) {
    if (response.closed()) {
      return;
    }
    response.drainHandler(null);
    if (stage == Stage.END) {
      response.end();
    } else if (response.writeQueueFull()) {
      response.drainHandler(ready -> later.accept(() -> goOn(response, later)));
    } else {
      response.write(next());
      later.accept(() -> goOn(response, later));
    }
  }

  private Buffer next() {
    Buffer piece = Buffer.buffer();
    long end = System.nanoTime() + PIECE_NANOS;
    while (stage != Stage.END && piece.length() < PIECE && System.nanoTime() < end) {
      switch (stage) {
        case START -> {
          piece.appendString("{\"active\":[");
          stage = Stage.ACTIVE;
        }
        case ACTIVE -> {
          if (!item(active, piece)) {
            piece.appendString("],\"dropped\":[");
            stage = Stage.DROPPED;
          }
        }
        case DROPPED -> {
          if (!item(dropped, piece)) {
            piece.appendString("],\"total\":").appendBuffer(total.toBuffer()).appendString("}");
            stage = Stage.END;
          }
        }
        default -> throw new IllegalStateException(stage.toString());
      }
    }
    return piece;
  }

  private static boolean item(Iterator<JsonObject> items, Buffer piece) {
    if (!items.hasNext()) {
      return false;
    }
    piece.appendBuffer(items.next().toBuffer());
    if (items.hasNext()) {
      piece.appendString(",");
    }
    return true;
  }
}
