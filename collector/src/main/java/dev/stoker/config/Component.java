package dev.stoker.config;

import java.util.List;

/**
 * A node of the component graph.
 *
 * @param id such as <code>pyroscope.scrape.default</code>
 * @param kind such as <code>pyroscope.scrape</code>
 * @param references to exports of other components, in config order
 * @param config the record of its kind, such as {@link dev.stoker.scrape.ScrapeConfig}
 * @param place where its block starts
 */
public record Component(
    String id,
    String kind,
    List<Export> exports,
    List<Reference> references,
    Record config,
    Place place) {
  public Component {
    exports = List.copyOf(exports);
    references = List.copyOf(references);
  }

  /** The same with another config of its kind. */
  Component with(Record other) {
    return new Component(id, kind, exports, references, other, place);
  }
}
