package dev.stoker.receive.ingest;

import dev.stoker.receive.InvalidPush;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Stacks as the nodes of a tree, depth first: length of the name, name, value and number of
 * children, the numbers as unsigned LEB128. In a <code>tree</code> a node is a frame; in a <code>
 * trie</code> it is a part of the text of a stack.
 */
final class StackTree {
  private static final int MOST_DEPTH = 10_000;

  /** Of all stacks together, as one node can stand in all of them. */
  private static final long MOST_TEXT = 64L << 20;

  /** A node whose children are being read. */
  private static final class Open {
    private final String name;
    private long children;

    Open(String name, long children) {
      this.name = name;
      this.children = children;
    }
  }

  private final byte[] bytes;
  private final boolean trie;
  private int at;
  private long built;

  private StackTree(byte[] bytes, boolean trie) {
    this.bytes = bytes;
    this.trie = trie;
  }

  static void read(byte[] bytes, boolean trie, StackProfile into) throws InvalidPush {
    new StackTree(bytes, trie).read(into);
  }

  private void read(StackProfile into) throws InvalidPush {
    Deque<Open> path = new ArrayDeque<>();
    do {
      while (!path.isEmpty() && path.getLast().children == 0) {
        path.removeLast();
      }
      if (path.isEmpty() && at > 0) {
        break;
      }
      if (!path.isEmpty()) {
        path.getLast().children--;
      }
      node(path, into);
    } while (true);
    if (at < bytes.length) {
      throw new InvalidPush("there is something behind the tree, at byte " + at);
    }
  }

  private void node(Deque<Open> path, StackProfile into) throws InvalidPush {
    long length = number();
    if (length > bytes.length - at) {
      throw cut();
    }
    String name = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
    at += (int) length;
    long value = number();
    long children = number();
    if (children > bytes.length - at) {
      throw cut(); // each takes a byte at least
    }
    path.addLast(new Open(name, children));
    if (path.size() > MOST_DEPTH) {
      throw new InvalidPush("the tree is deeper than " + MOST_DEPTH + " nodes");
    }
    if (value > 0) {
      into.add(stack(path), value);
    }
  }

  private List<String> stack(Deque<Open> path) throws InvalidPush {
    if (trie) {
      StringBuilder text = new StringBuilder();
      path.forEach(open -> text.append(open.name));
      built += text.length();
      if (built > MOST_TEXT) {
        throw new InvalidPush("the stacks of the tree have more than " + MOST_TEXT + " characters");
      }
      return StackText.frames(text.toString());
    }
    List<String> frames = new ArrayList<>();
    path.forEach(
        open -> {
          if (!open.name.isEmpty()) {
            frames.add(open.name);
          }
        });
    return frames;
  }

  private long number() throws InvalidPush {
    long number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (at >= bytes.length) {
        throw cut();
      }
      byte b = bytes[at++];
      number |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return number;
      }
    }
    throw new InvalidPush("a number in the tree is too large, at byte " + at);
  }

  private InvalidPush cut() {
    return new InvalidPush("the tree is cut at byte " + at);
  }
}
