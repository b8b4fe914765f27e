package dev.stoker.schema;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns a value into what an argument wants. */
public interface Converter<T> {
  /**
   * @return null after a problem, which is reported at the node
   */
  @Nullable T convert(Node node);

  /** The type for the reference of all arguments, such as <code>duration</code>. */
  default String type() {
    return "text";
  }

  /** How a config may write the value, for the same reference. */
  default String shown(T value) {
    return String.valueOf(value);
  }

  /** This converter with a name of its type. */
  static <T> Converter<T> of(String type, Converter<T> converter) {
    return of(type, converter, String::valueOf);
  }

  /**
   * A converter that can also write a value.
   *
   * @param shown see {@link #shown}
   */
  static <T> Converter<T> of(String type, Converter<T> converter, Function<T, String> shown) {
    return new Converter<>() {
      @Override
      public @Nullable T convert(Node node) {
        return converter.convert(node);
      }

      @Override
      public String type() {
        return type;
      }

      @Override
      public String shown(T value) {
        return shown.apply(value);
      }
    };
  }
}
