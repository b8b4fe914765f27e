package dev.stoker.alloy.imports;

import java.util.List;

/**
 * A module as it was read.
 *
 * @param id the same for the same module, however it is named; "" = nothing else is the same
 * @param folder its <code>module_path</code>
 * @param texts the files of a folder are one module
 * @param problem why there are no texts, and what to do; "" = there are
 */
public record Module(String id, String folder, List<Text> texts, String problem) {
  /**
   * @param name for messages, such as the path of a file
   */
  public record Text(String name, String text) {}

  public Module {
    texts = List.copyOf(texts);
  }

  /** A module that cannot be read. */
  public static Module unreadable(String problem) {
    return new Module("", "", List.of(), problem);
  }

  /** A module of one text. */
  public static Module of(String id, String folder, String text) {
    return new Module(id, folder, List.of(new Text(id, text)), "");
  }
}
