package dev.stoker.config;

import org.jspecify.annotations.Nullable;

/** Turns a value into what an argument wants. */
interface Converter<T> {
  /**
   * @return null after a problem, which is reported at the node
   */
  @Nullable T convert(Node node);
}
