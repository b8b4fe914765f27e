package dev.stoker.jvm.convert;

/**
 * Options of a conversion.
 *
 * @param threadNames a frame with the thread's name at the root of each stack
 * @param allocatedClasses a frame with the class of the object at the leaf of allocations
 */
public record RecordingOptions(boolean threadNames, boolean allocatedClasses) {
  public static final RecordingOptions DEFAULT = new RecordingOptions(false, true);
}
