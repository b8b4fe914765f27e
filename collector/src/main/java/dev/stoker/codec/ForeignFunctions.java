package dev.stoker.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Calls C functions through <code>java.lang.foreign</code> of JDK 22 and later. The build uses JDK
 * 17, which does not have that package, so every class of it is looked up by its name, once, when a
 * library is opened. What comes out is a method handle of ordinary types, and a call through it
 * costs no reflection.
 *
 * <p>The parameter types of a function are <code>int.class</code>, <code>long.class</code> (also
 * for an address, since all systems in question have 64 bits) and <code>byte[].class</code>, for
 * which the handle takes an array and, as a long, the offset of the first byte that the function
 * sees. An array is not copied: the garbage collector waits while such a function runs, so it must
 * be short.
 */
final class ForeignFunctions {
  private static final int FIRST_RELEASE = 22;

  private final Object linker;
  private final Object symbols;

  private ForeignFunctions(Object linker, Object symbols) {
    this.linker = linker;
    this.symbols = symbols;
  }

  /** Whether this JVM has the functions at all. */
  static boolean areHere() {
    return Runtime.version().feature() >= FIRST_RELEASE;
  }

  /**
   * Opens a shared library until the process ends.
   *
   * @param name as the system's loader knows it, with its version
   * @throws ReflectiveOperationException this JVM or this system does not have it
   */
  static ForeignFunctions open(String name) throws ReflectiveOperationException {
    Class<?> linkerType = type("Linker");
    Object linker = linkerType.getMethod("nativeLinker").invoke(null);
    Class<?> arenaType = type("Arena");
    Object forEver = arenaType.getMethod("global").invoke(null);
    Object symbols =
        type("SymbolLookup")
            .getMethod("libraryLookup", String.class, arenaType)
            .invoke(null, name, forEver);
    return new ForeignFunctions(linker, symbols);
  }

  /**
   * A function of the library.
   *
   * @param result <code>int.class</code>, <code>long.class</code> or <code>void.class</code>
   * @throws ReflectiveOperationException the library has no such function
   */
  MethodHandle function(String name, Class<?> result, Class<?>... parameters)
      throws ReflectiveOperationException {
    Object symbol = symbol(name);
    Class<?> layoutType = type("MemoryLayout");
    List<Object> layouts = new ArrayList<>();
    boolean arrays = false;
    for (Class<?> parameter : parameters) {
      layouts.add(layout(parameter));
      arrays |= parameter == byte[].class;
    }
    Object arguments = Array.newInstance(layoutType, layouts.size());
    for (int i = 0; i < layouts.size(); i++) {
      Array.set(arguments, i, layouts.get(i));
    }
    Class<?> descriptorType = type("FunctionDescriptor");
    Object descriptor =
        result == void.class
            ? descriptorType.getMethod("ofVoid", arguments.getClass()).invoke(null, arguments)
            : descriptorType
                .getMethod("of", layoutType, arguments.getClass())
                .invoke(null, layout(result), arguments);
    Class<?> optionType = type("Linker$Option");
    Object options = Array.newInstance(optionType, arrays ? 1 : 0);
    if (arrays) {
      Array.set(
          options,
          0,
          optionType.getMethod("critical", boolean.class).invoke(null, /* heap */ true));
    }
    MethodHandle handle =
        (MethodHandle)
            type("Linker")
                .getMethod(
                    "downcallHandle", type("MemorySegment"), descriptorType, options.getClass())
                .invoke(linker, symbol, descriptor, options);
    return withArrays(handle, parameters);
  }

  /** Each segment of the heap becomes an array and an offset. */
  private static MethodHandle withArrays(MethodHandle handle, Class<?>... parameters)
      throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    Class<?> segment = type("MemorySegment");
    MethodHandle ofArray =
        lookup.findStatic(segment, "ofArray", MethodType.methodType(segment, byte[].class));
    MethodHandle from =
        lookup.findVirtual(segment, "asSlice", MethodType.methodType(segment, long.class));
    MethodHandle slice = MethodHandles.collectArguments(from, 0, ofArray);
    MethodHandle taking = handle;
    for (int i = parameters.length - 1; i >= 0; i--) {
      if (parameters[i] == byte[].class) {
        taking = MethodHandles.collectArguments(taking, i, slice);
      }
    }
    return taking;
  }

  private Object symbol(String name) throws ReflectiveOperationException {
    Method find = type("SymbolLookup").getMethod("find", String.class);
    return ((Optional<?>) find.invoke(symbols, name))
        .orElseThrow(() -> new NoSuchMethodException(name));
  }

  private static Object layout(Class<?> parameter) throws ReflectiveOperationException {
    String name =
        parameter == int.class ? "JAVA_INT" : parameter == long.class ? "JAVA_LONG" : "ADDRESS";
    return type("ValueLayout").getField(name).get(null);
  }

  /** Where the bytes of a direct buffer are, from its position on. */
  static long address(ByteBuffer direct) throws ReflectiveOperationException {
    Class<?> segment = type("MemorySegment");
    Object there = segment.getMethod("ofBuffer", java.nio.Buffer.class).invoke(null, direct);
    return (long) segment.getMethod("address").invoke(there);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName("java.lang.foreign." + name);
  }
}
