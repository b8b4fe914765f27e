package dev.stoker.component;

import io.vertx.core.Future;
import java.util.List;

/**
 * A component that could start to work, or another config that a running one could take. One of
 * {@link #commit} and {@link #abandon} is called, once.
 */
public interface Prepared {
  /**
   * Opens what may fail, such as a folder, while everything else works on.
   *
   * @return what is wrong, for the user; empty = nothing
   */
  default Future<List<String>> open() {
    return Future.succeededFuture(List.of());
  }

  /** Begins to work, or takes the other config. Cannot fail and does not wait. */
  Running commit();

  /** Closes what was made and opened; a running component stays as it is. */
  Future<Void> abandon();
}
