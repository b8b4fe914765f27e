package dev.stoker.schema;

import org.jspecify.annotations.Nullable;

/** Turns a value into what an argument wants. */
public interface Converter<T> {
  /**
   * @return null after a problem, which is reported at the node
   */
  @Nullable T convert(Node node);

  /** What it takes, for the reference of all arguments: <code>duration</code>, and so on. */
  default String type() {
    return "text";
  }

  /** The same converter with a name of what it takes. */
  static <T> Converter<T> of(String type, Converter<T> converter) {
    return new Converter<>() {
      @Override
      public @Nullable T convert(Node node) {
        return converter.convert(node);
      }

      @Override
      public String type() {
        return type;
      }
    };
  }
}
