package dev.stoker.component;

import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.schema.Export;
import dev.stoker.schema.Place;
import dev.stoker.schema.Reference;
import java.util.List;

/**
 * A component as a config declares it: a node of the component graph.
 *
 * @param id such as <code>pyroscope.scrape.default</code>
 * @param kind what the program knows about its kind
 * @param references to exports of other components, in config order
 * @param config the record that its kind has read
 * @param place where its block starts
 */
public record Component(
    String id, ComponentKind<?> kind, List<Reference> references, Record config, Place place) {
  public Component {
    references = List.copyOf(references);
  }

  /** The exports of the component. */
  public List<Export> exports() {
    return kind.exports();
  }

  /** The heap that the component asks for. */
  public HeapDemand demand() {
    return demand(kind);
  }

  private <C extends Record> HeapDemand demand(ComponentKind<C> own) {
    return own.demand(config(own));
  }

  /**
   * This component with bounds that keep to its part of the heap, see {@link ComponentKind#within}.
   */
  public Component within(double queues, double diskIndex) {
    return new Component(id, kind, references, within(kind, queues, diskIndex), place);
  }

  private <C extends Record> C within(ComponentKind<C> own, double queues, double diskIndex) {
    return own.within(config(own), queues, diskIndex);
  }

  /** The HTTP clients that it has. */
  public List<HttpClientConfig> clients() {
    return clients(kind);
  }

  private <C extends Record> List<HttpClientConfig> clients(ComponentKind<C> own) {
    return own.clients(config(own));
  }

  /** Looks at this machine for problems of the config. It blocks. */
  public List<ComponentKind.Look> look() {
    return look(kind);
  }

  private <C extends Record> List<ComponentKind.Look> look(ComponentKind<C> own) {
    return own.look(config(own));
  }

  @SuppressWarnings("unchecked") // its record is what its kind has read
  <C extends Record> C config(ComponentKind<C> own) {
    return (C) config;
  }
}
