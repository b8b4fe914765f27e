package dev.stoker.receive;

import dev.stoker.component.Running;

/** A component that takes what clients push. */
public interface Receiving extends Running {
  /** Where it listens, what it has taken, and from whom. */
  ReceiverStatus status();
}
