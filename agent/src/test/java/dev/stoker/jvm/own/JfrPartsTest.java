package dev.stoker.jvm.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.jvm.chunk.JfrChunk;
import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.FrameNames;
import dev.stoker.jvm.stack.Stack;
import dev.stoker.jvm.stack.StackValues;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JfrPartsTest {
  private static final int LIMIT = 1 << 20;

  @ParameterizedTest
  @CsvSource({
    "dev/stoker/Main, run, dev/stoker/Main.run",
    "a/B$C, lambda$go$0, a/B$C.lambda$go$0",
    "a/B$$Lambda$39+0x0000000800c03210, run, a/B$$Lambda.run",
    "a.b.C$$Lambda$39/0x0000000800c03210, run, a/b/C$$Lambda.run",
    "a/B$$Lambda$39/0x0000000800c03210, run, a/B$$Lambda.run",
    "a/B$$Lambda.0x00007f0a1c0f2a38, run, a/B$$Lambda.run",
    "jdk/proxy2/$Proxy17, invoke, jdk/proxy2/$Proxy.invoke",
    "com/sun/x/GeneratedMethodAccessor31, invoke, com/sun/x/GeneratedMethodAccessor.invoke",
    "java/lang/invoke/LambdaForm$MH/0x0000000800c00400, invoke,"
        + " java/lang/invoke/LambdaForm$MH.invoke",
    "a/Hex0xff, run, a/Hex0xff.run",
    "a/Hex0xff$$Lambda/0x0000000800c03210, run, a/Hex0xff$$Lambda.run",
    "a/B$$Lambda$90+0x00007f5aa8008000/1616974404, get, a/B$$Lambda.get",
    "a.b.C$$Lambda$90+0x00007f5aa8008000.1616974404, get, a/b/C$$Lambda.get",
    "a/B$$Lambda$7/1616974404, run, a/B$$Lambda.run",
    "a/B$$Lambda$c0ffee1234, run, a/B$$Lambda.run",
    "a/B$$Lambda, run, a/B$$Lambda.run",
    "java/lang/invoke/LambdaForm$DMH/1616974404, invoke, java/lang/invoke/LambdaForm$DMH.invoke",
    "java/lang/invoke/LambdaForm$MH+0x00007f5aa8008000/1616974404, invoke,"
        + " java/lang/invoke/LambdaForm$MH.invoke",
    "java/lang/invoke/LambdaForm$Name, exprType, java/lang/invoke/LambdaForm$Name.exprType",
    "$Proxy3, close, $Proxy.close",
    "com.sun.proxy.$Proxy12, get, com/sun/proxy/$Proxy.get",
    "jdk/internal/reflect/GeneratedSerializationConstructorAccessor7, newInstance,"
        + " jdk/internal/reflect/GeneratedSerializationConstructorAccessor.newInstance",
  })
  void namesThatTheJvmNumbers_areEqualInEveryRun(String type, String method, String expected) {
    assertThat(FrameNames.of(type, method)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com/acme/Order$ProxyCache",
        "com/acme/Order$ProxyPool",
        "com/acme/Order$Proxy",
        "com/acme/Order$Proxy1",
        "com/acme/$Proxy2Cache",
        "java/lang/reflect/Proxy$ProxyBuilder",
        "a/B$$LambdaHelper",
        "a/B$$Lambda$Helper",
        "a/B$$Lambda$1$Helper",
        "com/acme/GeneratedMethodAccessors",
        "com/acme/GeneratedMethodAccessor2Factory",
        "com/acme/MyGeneratedMethodAccessor2",
        "com/acme/V0x12",
        "x",
        "a/face"
      })
  void namesOfAProgram_areKeptWhole(String type) {
    assertThat(FrameNames.of(type, "get")).isEqualTo(type + ".get");
  }

  @ParameterizedTest
  @CsvSource({
    "a.Face.cafe, run, a/Face/cafe.run",
  })
  void dots_becomeSlashes(String type, String method, String expected) {
    assertThat(FrameNames.of(type, method)).isEqualTo(expected);
  }

  @Test
  void file_isThatOfTheOutermostClass() {
    assertThat(new Frame("dev/stoker/Main$Inner$1.run", 7).file())
        .isEqualTo("dev/stoker/Main.java");
    assertThat(new Frame("[unknown]", 0).file()).isEqualTo("[unknown].java");
  }

  @Test
  void stacks_areBounded_andNothingIsLost() {
    StackValues values = new StackValues();
    int over = 500;
    for (int i = 0; i < StackValues.MAX_STACKS + over; i++) {
      values.add(stack("f" + i), 1, 10);
    }
    values.add(stack("f0"), 1, 10);

    Map<Stack, StackValues.Value> all = all(values);
    assertThat(all).hasSize(StackValues.MAX_STACKS + 1);
    assertThat(all.get(StackValues.OVERFLOW)).isEqualTo(new StackValues.Value(over, over * 10L));
    assertThat(all.get(stack("f0"))).isEqualTo(new StackValues.Value(2, 20));
  }

  @Test
  void minus_leavesOnlyWhatIsMore() {
    StackValues values = new StackValues();
    values.add(stack("same"), 3, 30);
    values.add(stack("more"), 1, 10);
    StackValues before = values.copy();
    values.add(stack("more"), 2, 25);
    values.add(stack("new"), 1, 1);

    assertThat(all(values.minus(before)))
        .isEqualTo(
            Map.of(
                stack("more"), new StackValues.Value(2, 25),
                stack("new"), new StackValues.Value(1, 1)));
  }

  @Test
  void chunks_areReadOneByOne_andFiltered() throws IOException {
    List<JfrChunk> read = new ArrayList<>();
    byte[] three = join(chunk(1, 100), chunk(2, 200), chunk(3, 68));

    JfrChunk.forEach(new ByteArrayInputStream(three), LIMIT, start -> start != 2, read::add);

    assertThat(read).extracting(JfrChunk::startNanos).containsExactly(1L, 3L);
    assertThat(read).extracting(chunk -> chunk.bytes().length).containsExactly(100, 68);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "torn-head", "torn", "huge", "unfinished", "negative"})
  void badChunks_failWithAReason(String kind) {
    byte[] bytes =
        switch (kind) {
          case "text" -> "<html>".repeat(40).getBytes(StandardCharsets.UTF_8);
          case "torn-head" -> java.util.Arrays.copyOf(chunk(1, 100), 20);
          case "torn" -> java.util.Arrays.copyOf(chunk(1, 100), 90);
          case "huge" -> withSize(chunk(1, 100), Integer.MAX_VALUE);
          case "unfinished" -> withSize(chunk(1, 100), 0);
          default -> withSize(chunk(1, 100), -5);
        };
    assertThatThrownBy(
            () ->
                JfrChunk.forEach(
                    new ByteArrayInputStream(bytes), LIMIT, start -> true, chunk -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("JFR chunk");
  }

  @Test
  void damagedChunk_isAnIoException() {
    JfrTotals totals = new JfrTotals(1, java.util.Set.of());
    assertThatThrownBy(() -> totals.add(new JfrChunk(1, chunk(1, 4096))))
        .isInstanceOf(IOException.class);
  }

  private static Stack stack(String function) {
    return new Stack(List.of(new Frame(function, 1)));
  }

  private static Map<Stack, StackValues.Value> all(StackValues values) {
    Map<Stack, StackValues.Value> all = new HashMap<>();
    values.forEach(all::put);
    return all;
  }

  private static byte[] chunk(long start, int size) {
    byte[] bytes = new byte[size];
    ByteBuffer.wrap(bytes)
        .putInt(0, 0x464c5200)
        .putInt(4, 0x20001)
        .putLong(8, size)
        .putLong(16, 100)
        .putLong(24, 80)
        .putLong(32, start);
    return bytes;
  }

  private static byte[] withSize(byte[] chunk, long size) {
    ByteBuffer.wrap(chunk).putLong(8, size);
    return chunk;
  }

  private static byte[] join(byte[]... parts) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
