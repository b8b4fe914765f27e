package dev.stoker.receive;

import java.util.List;

/**
 * A profile as a client has sent it.
 *
 * @param labels as they came, in the client's order
 * @param body nobody else has it
 */
public record Incoming(List<Label> labels, byte[] body) {
  /** A label as it came: names may be wrong or be there twice. */
  public record Label(String name, String value) {}

  public Incoming {
    labels = List.copyOf(labels);
  }
}
