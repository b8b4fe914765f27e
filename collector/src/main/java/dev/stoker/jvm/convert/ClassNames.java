package dev.stoker.jvm.convert;

import dev.stoker.jvm.stack.FrameNames;

/** Class names as people write them: arrays with brackets instead of descriptors. */
final class ClassNames {
  private ClassNames() {}

  /**
   * @param type internal name, such as <code>java/lang/String</code>, <code>[B</code> or <code>
   *     [Ljava/lang/String;</code>
   */
  static String readable(String type) {
    int dimensions = 0;
    while (dimensions < type.length() && type.charAt(dimensions) == '[') {
      dimensions++;
    }
    if (dimensions == 0) {
      return FrameNames.ofType(type);
    }
    return element(type.substring(dimensions)) + "[]".repeat(Math.min(dimensions, 255));
  }

  private static String element(String descriptor) {
    return switch (descriptor) {
      case "B" -> "byte";
      case "C" -> "char";
      case "D" -> "double";
      case "F" -> "float";
      case "I" -> "int";
      case "J" -> "long";
      case "S" -> "short";
      case "Z" -> "boolean";
      default ->
          FrameNames.ofType(
              descriptor.startsWith("L") && descriptor.endsWith(";")
                  ? descriptor.substring(1, descriptor.length() - 1)
                  : descriptor);
    };
  }
}
