package dev.stoker.otlp.json;

/** As protobuf the request becomes larger than there was room for. */
public final class LargerProtoException extends Exception {
  private static final long serialVersionUID = 1;

  LargerProtoException() {
    super("as protobuf the request becomes larger", null, false, false);
  }
}
