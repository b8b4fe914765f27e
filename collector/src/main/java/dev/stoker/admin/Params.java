package dev.stoker.admin;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Query parameters, checked. */
final class Params {
  private final HttpServerRequest request;

  Params(HttpServerRequest request) {
    this.request = request;
  }

  /** A misspelled parameter would otherwise be an answer to another question. */
  void only(List<String> known) throws BadRequest {
    for (String name : request.params().names()) {
      if (!known.contains(name)) {
        throw new BadRequest(
            "the parameter " + name + " is unknown; write one of " + String.join(", ", known));
      }
    }
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
