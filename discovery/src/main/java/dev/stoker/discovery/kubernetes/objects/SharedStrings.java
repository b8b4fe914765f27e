package dev.stoker.discovery.kubernetes.objects;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Strings which come again and again (nodes, images, phases, the values of labels) are held once:
 * ten thousand pods have few different ones. The table has a fixed size; a newer string takes the
 * place of an older one.
 */
final class SharedStrings {
  private static final int SLOTS = 1 << 12;
  private static final int LONGEST = 128;

  private final AtomicReferenceArray<String> slots = new AtomicReferenceArray<>(SLOTS);

  String of(String text) {
    if (text.length() > LONGEST) {
      return text;
    }
    int hash = text.hashCode();
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    String known = slots.get(slot);
    if (text.equals(known)) {
      return known;
    }
    slots.set(slot, text);
    return text;
  }
}
