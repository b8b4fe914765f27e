package dev.stoker.reload;

import java.util.List;

/**
 * What a reload has done, by ids of components.
 *
 * @param notes settings that are other ones now but hold from the next start on only
 */
public record Change(
    List<String> added,
    List<String> changed,
    List<String> removed,
    Loops loops,
    List<String> notes) {
  public static final Change NONE =
      new Change(List.of(), List.of(), List.of(), new Loops(0, 0), List.of());

  public Change {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
    notes = List.copyOf(notes);
  }

  /**
   * @param kept loops that run on with phase, baseline and status
   * @param restarted loops in place of stopped ones of the same target and profile type
   */
  public record Loops(int kept, int restarted) {}
}
