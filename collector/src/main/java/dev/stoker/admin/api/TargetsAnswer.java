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
import java.util.function.Function;

/**
 * Writes targets as fast as the client reads them: of an answer that may have 100 MB no more than a
 * piece is in memory.
 */
final class TargetsAnswer {
  private static final int PIECE = 64 << 10;

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

  void write(HttpServerResponse response) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, Answers.JSON);
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    Buffer first = next();
    if (stage == Stage.END) {
      response.end(first);
      return;
    }
    response.setChunked(true).write(first);
    goOn(response);
  }

  private void goOn(HttpServerResponse response) {
    while (stage != Stage.END) {
      if (response.closed()) {
        return;
      }
      if (response.writeQueueFull()) {
        response.drainHandler(ready -> goOn(response));
        return;
      }
      response.write(next());
    }
    response.drainHandler(null).end();
  }

  private Buffer next() {
    Buffer piece = Buffer.buffer();
    while (stage != Stage.END && piece.length() < PIECE) {
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
