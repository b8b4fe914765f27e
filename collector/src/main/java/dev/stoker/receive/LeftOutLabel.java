package dev.stoker.receive;

/** Why a label of a sender was left out. */
public enum LeftOutLabel {
  /** Its name begins with two underscores. */
  PRIVATE,
  /** A session is 16 hexadecimal digits. */
  SESSION,
  /** Its value is of a kind that no label has. */
  VALUE,
  /** The same name was there before. */
  DUPLICATE
}
