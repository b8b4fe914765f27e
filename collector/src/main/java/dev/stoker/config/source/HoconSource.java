package dev.stoker.config.source;

import dev.stoker.schema.Place;
import java.util.function.IntFunction;

/**
 * HOCON, and where its lines are in what the user wrote.
 *
 * @param places place by line of the text, from 1; of 0: the file as a whole
 */
public record HoconSource(String text, IntFunction<Place> places) {
  static HoconSource of(String file, String text) {
    return new HoconSource(text, line -> new Place(file, line));
  }
}
