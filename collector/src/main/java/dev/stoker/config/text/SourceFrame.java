package dev.stoker.config.text;

/** A block or a list that is open, and what goes on behind it. */
final class SourceFrame {
  final OpenBlock open;
  final Masked.Room room;
  int index;

  /** The path of the member that goes on behind the closing brace. */
  final String memberPath;

  final Masked.Room memberRoom;

  SourceFrame(OpenBlock open, Masked.Room room, String memberPath, Masked.Room memberRoom) {
    this.open = open;
    this.room = room;
    this.memberPath = memberPath;
    this.memberRoom = memberRoom;
  }

  boolean isList() {
    return open.closing() != '}';
  }
}
