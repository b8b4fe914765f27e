package dev.stoker.component;

import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetNode;
import io.vertx.core.Future;
import java.util.Objects;

/**
 * A kind that exports targets: it discovers them, or makes others of them. All that such a kind has
 * to say is how it takes part in the graph of targets.
 */
public interface TargetsKind<C extends Record> extends ComponentKind<C> {
  /**
   * Adds the component to the preparation's graph, which does not run yet.
   *
   * @return closes what was made for it, in case the graph never runs
   */
  Closing join(Preparation<C> preparation);

  /** How what was made for a graph that never runs is closed. */
  interface Closing {
    Closing NOTHING = Future::succeededFuture;

    Future<Void> close();
  }

  @Override
  default Prepared prepare(Preparation<C> preparation) {
    Closing closing = join(preparation);
    TargetGraph graph = preparation.graph();
    String id = preparation.id();
    return new Prepared() {
      @Override
      public Running commit() {
        return new RunningTargets(
            Objects.requireNonNull(graph.node(id), "join adds it to the graph"));
      }

      @Override
      public Future<Void> abandon() {
        return closing.close();
      }
    };
  }

  /** The graph of targets starts and stops it. */
  record RunningTargets(TargetNode node) implements Running {
    @Override
    public ComponentHealth health() {
      return node.health();
    }

    @Override
    public Future<Void> stop(long millis) {
      return Future.succeededFuture();
    }
  }
}
