package dev.stoker.jvm.recording;

import java.util.ArrayList;
import java.util.List;

/** A type of a chunk's metadata, and how to skip a value of it. */
final class Type {
  private static final int MAX_DEPTH = 16;

  /**
   * @param constant the value is a key into the constant pool of the type
   */
  record Field(String name, Type type, boolean constant, boolean array) {}

  private enum Form {
    OCTET,
    VARINT,
    FOUR,
    EIGHT,
    TEXT,
    STRUCT
  }

  final String name;
  final List<Field> fields = new ArrayList<>();
  private final Form form;

  Type(String name) {
    this.name = name;
    this.form =
        switch (name) {
          case "boolean", "byte" -> Form.OCTET;
          case "char", "short", "int", "long" -> Form.VARINT;
          case "float" -> Form.FOUR;
          case "double" -> Form.EIGHT;
          case "java.lang.String" -> Form.TEXT;
          default -> Form.STRUCT;
        };
  }

  boolean isText() {
    return form == Form.TEXT;
  }

  boolean isNumber() {
    return form == Form.OCTET || form == Form.VARINT;
  }

  /** A whole or boolean number, or the key of a constant. */
  static long number(Field field, ChunkBytes in) throws MalformedRecordingException {
    return !field.constant && field.type.form == Form.OCTET ? in.octet() : in.varlong();
  }

  static void skip(Field field, ChunkBytes in) throws MalformedRecordingException {
    skip(field, in, 0);
  }

  private static void skip(Field field, ChunkBytes in, int depth)
      throws MalformedRecordingException {
    int count = field.array ? in.count() : 1;
    for (int i = 0; i < count; i++) {
      in.step();
      if (field.constant) {
        in.varlong();
      } else {
        field.type.skip(in, depth + 1);
      }
    }
  }

  /** Walks over one value. */
  void skip(ChunkBytes in) throws MalformedRecordingException {
    skip(in, 0);
  }

  private void skip(ChunkBytes in, int depth) throws MalformedRecordingException {
    if (depth > MAX_DEPTH) {
      throw ChunkBytes.damaged("its types are nested too deeply");
    }
    switch (form) {
      case OCTET -> in.octet();
      case VARINT -> in.varlong();
      case FOUR -> in.skip(4);
      case EIGHT -> in.skip(8);
      case TEXT -> Texts.skip(in);
      case STRUCT -> {
        for (Field field : fields) {
          skip(field, in, depth);
        }
      }
    }
  }
}
