package dev.stoker.config;

import java.util.List;

/**
 * A kind of component.
 *
 * @param name such as <code>pyroscope.scrape</code>
 */
record ComponentKind(String name, List<Export> exports, Reader reader) {
  /** Turns a block into the record of its kind. */
  interface Reader {
    /**
     * Reports problems at the arguments, and goes on with defaults.
     *
     * @param id of the component
     */
    Record read(String id, Args args);
  }
}
