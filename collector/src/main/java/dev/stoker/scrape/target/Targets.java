package dev.stoker.scrape.target;

import dev.stoker.discovery.DroppedTarget;
import java.util.List;

/** Every discovered target is in exactly one of the two: what to scrape, and what not and why. */
public record Targets(List<Target> active, List<DroppedTarget> dropped) {
  public Targets {
    active = List.copyOf(active);
    dropped = List.copyOf(dropped);
  }
}
