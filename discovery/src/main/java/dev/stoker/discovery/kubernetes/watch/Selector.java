package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.discovery.kubernetes.objects.Kind;

/**
 * Filters on the API side.
 *
 * @param label label selector, "" = none
 * @param field field selector, "" = none
 */
public record Selector(Kind kind, String label, String field) {
  static final String NONE = "";

  public static Selector none(Kind kind) {
    return new Selector(kind, NONE, NONE);
  }
}
