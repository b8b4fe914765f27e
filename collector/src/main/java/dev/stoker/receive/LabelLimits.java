package dev.stoker.receive;

/**
 * Bounds on the labels of a pushed profile; 0 = no bound. Private labels do not count.
 *
 * @param number of labels
 * @param nameLength characters of a name
 * @param valueLength characters of a value
 */
public record LabelLimits(int number, int nameLength, int valueLength) {
  public static final LabelLimits NONE = new LabelLimits(0, 0, 0);
}
