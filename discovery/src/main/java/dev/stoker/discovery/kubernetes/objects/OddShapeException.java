package dev.stoker.discovery.kubernetes.objects;

import java.io.IOException;

/** An object is JSON, and something in it is not of the kind that the API has there. */
public final class OddShapeException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param field such as <code>spec.containers[0].ports</code>; "" = the object itself
   */
  OddShapeException(String field) {
    super(
        field.isEmpty()
            ? "it is not of the shape that the API has"
            : "its field " + field + " is not of the kind that the API has there");
  }
}
