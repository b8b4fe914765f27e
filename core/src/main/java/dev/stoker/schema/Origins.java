package dev.stoker.schema;

import com.typesafe.config.ConfigOrigin;
import org.jspecify.annotations.Nullable;

/** Knows where the values of a config are written. */
public interface Origins {
  /**
   * @param fallback the place of what is around it, for a value whose origin says no line
   */
  Place place(@Nullable ConfigOrigin origin, Place fallback);
}
