package dev.stoker.admin;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Query parameters, checked. */
final class Params {
  private final HttpServerRequest request;

  Params(HttpServerRequest request) {
    this.request = request;
  }

  /** "" when it is not given. */
  String text(String name) {
    String value = request.getParam(name);
    return value == null ? "" : value.strip();
  }

  String choice(String name, List<String> known, String unset) throws BadRequest {
    String value = text(name);
    if (value.isEmpty()) {
      return unset;
    }
    if (!known.contains(value)) {
      throw new BadRequest(name + " must be one of " + String.join(", ", known));
    }
    return value;
  }

  int number(String name, int unset, int max) throws BadRequest {
    String value = text(name);
    if (value.isEmpty()) {
      return unset;
    }
    int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : Integer.MAX_VALUE;
    if (number > max) {
      throw new BadRequest(name + " must be a number from 0 to " + max);
    }
    return number;
  }
}
