package dev.stoker.scrape.transform;

import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.List;

/** Sends a wall clock profile, which the scraper has made itself, under its name. */
final class WallTransform implements ProfileTransform {
  static NamedBody named(byte[] body) {
    return new NamedBody("wall", body);
  }

  @Override
  public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
    return Future.succeededFuture(new Transformed(List.of(named(body)), false, false));
  }

  @Override
  public void settle(boolean accepted) {}

  @Override
  public void failed() {}

  @Override
  public void close() {}
}
