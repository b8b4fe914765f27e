package dev.stoker.component;

import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import io.vertx.core.Future;
import java.util.List;

/**
 * A kind of component, such as <code>discovery.dns</code>: everything that the program knows about
 * it. A new kind is a package that has one of these, and one line in the table of kinds. Kinds have
 * no state; what all components of a kind share is in {@link Services#shared}.
 *
 * @param <C> the record that holds the arguments of one component
 */
public interface ComponentKind<C extends Record> {
  /** The name in a config, such as <code>discovery.dns</code>. */
  String name();

  /** The exports of a component of this kind. */
  List<Export> exports();

  /**
   * Reads the arguments. This is also their declaration: run on an empty block, it asks for every
   * argument there is. It reports problems at the arguments, and goes on with defaults.
   *
   * @param id of the component
   */
  C read(String id, Args args);

  /** How an Alloy config may write it. */
  default AlloyCounterpart alloy() {
    return AlloyCounterpart.NONE;
  }

  /** The HTTP clients that a component has: their credentials are looked at before it starts. */
  default List<HttpClientConfig> clients(C config) {
    return List.of();
  }

  /** The heap that a component asks for. */
  default HeapDemand demand(C config) {
    return HeapDemand.NONE;
  }

  /**
   * The config with bounds that keep to the part of its demand that it gets.
   *
   * @param queues part of {@link HeapDemand#queues}, at most 1
   * @param diskIndex part of {@link HeapDemand#diskIndex}, at most 1
   */
  default C within(C config, double queues, double diskIndex) {
    return config;
  }

  /**
   * What only a look at this machine tells, and what may be otherwise where the config will run, as
   * warnings. Blocking; for <code>stoker validate</code>.
   */
  default List<Look> look(C config) {
    return List.of();
  }

  /**
   * A finding of a look at this machine.
   *
   * @param argument that it is about
   * @param message what is missing and what to do
   */
  record Look(String argument, String message) {}

  /**
   * Once in the life of a daemon, before the first component of any kind is prepared, also when no
   * config names this kind. A failure keeps the daemon from starting.
   */
  default Future<Void> start(Services services) {
    return Future.succeededFuture();
  }

  /**
   * Once, when the first config has turned out to have no problem, and before its components begin
   * to work: takes what can be taken only once.
   */
  default Future<Void> take(Services services) {
    return Future.succeededFuture();
  }

  /** Once, when the components of the first config work. */
  default void started(Services services) {}

  /**
   * Makes what a new component, or another config of a running one, needs, and changes nothing yet.
   * Never throws for what a config says.
   */
  Prepared prepare(Preparation<C> preparation);
}
