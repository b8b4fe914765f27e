package dev.stoker.component;

import java.util.List;

/**
 * The heap that components ask for.
 *
 * @param queues bytes that the memory lanes of all queues may take, with what is on its way to and
 *     from the disk
 * @param diskIndex bytes that are kept of the profiles in the queues' files
 * @param maxBody largest body that one of them allows
 * @param maxInflated largest inflated profile that one of them allows
 * @param pushed bodies come whenever clients send them, and not when a timer asks for them
 */
public record HeapDemand(
    long queues, long diskIndex, long maxBody, long maxInflated, boolean pushed) {
  public static final HeapDemand NONE = new HeapDemand(0, 0, 0, 0);

  /** Of what takes no pushes. */
  public HeapDemand(long queues, long diskIndex, long maxBody, long maxInflated) {
    this(queues, diskIndex, maxBody, maxInflated, false);
  }

  public static HeapDemand of(List<Component> components) {
    HeapDemand all = NONE;
    for (Component component : components) {
      all = all.and(component.demand());
    }
    return all;
  }

  private HeapDemand and(HeapDemand other) {
    return new HeapDemand(
        queues + other.queues,
        diskIndex + other.diskIndex,
        Math.max(maxBody, other.maxBody),
        Math.max(maxInflated, other.maxInflated),
        pushed || other.pushed);
  }
}
