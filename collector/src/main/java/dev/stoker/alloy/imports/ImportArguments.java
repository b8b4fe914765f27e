package dev.stoker.alloy.imports;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Paths;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The arguments of an import, and the module that they name. */
final class ImportArguments {
  private static final Set<String> OF_FILE = Set.of("filename", "detector", "poll_frequency");

  private final ModuleReader reader;

  ImportArguments(ModuleReader reader) {
    this.reader = reader;
  }

  /** Null when Stoker does not read modules of that kind, which is for others to say. */
  @Nullable Module module(Block block, String modulePath) throws AlloyError {
    Module module =
        switch (block.name()) {
          case "import.file" -> file(block, modulePath);
          case "import.string" -> string(block, modulePath);
          default -> null;
        };
    if (module != null && !module.problem().isEmpty()) {
      throw new AlloyError(block.line(), module.problem());
    }
    return module;
  }

  private Module file(Block block, String modulePath) throws AlloyError {
    Expr filename = argument(block, "filename", OF_FILE);
    Value value = reader.evaluate(filename, modulePath);
    String path = plain(value, "filename", filename.line());
    if (path.isEmpty()) {
      throw new AlloyError(filename.line(), "filename is empty; write the path of a module");
    }
    return reader.file(path);
  }

  private Module string(Block block, String modulePath) throws AlloyError {
    Expr content = argument(block, "content", Set.of("content"));
    Value value = reader.evaluate(content, modulePath);
    if (value instanceof Value.Content file) {
      Module module = reader.file(plain(file.file(), "the path of the file", content.line()));
      return new Module(module.id(), modulePath, module.texts(), module.problem());
    }
    String text = plain(value, "content", content.line());
    return new Module("", modulePath, List.of(new Module.Text(block.id() + ".content", text)), "");
  }

  /** The argument that names the module. */
  private static Expr argument(Block block, String name, Set<String> known) throws AlloyError {
    if (block.label().isEmpty()) {
      throw AlloyError.ofName(
          block.line(),
          "has no label; write "
              + block.name()
              + " \"NAME\" { … }, and NAME.COMPONENT for what it imports");
    }
    Expr found = null;
    for (Statement each : block.body().statements()) {
      if (!known.contains(each.name()) || !(each instanceof Attribute attribute)) {
        throw AlloyError.ofName(
            each.notes().line(),
            block.name()
                + " has no "
                + each.name()
                + "; it has: "
                + String.join(", ", new TreeSet<>(known)));
      }
      found = each.name().equals(name) ? attribute.value() : found;
    }
    if (found == null) {
      throw AlloyError.ofName(block.line(), "lacks the argument " + name + "; write it");
    }
    checkIsKnownEarly(found, block);
    return found;
  }

  /** A module is read before anything runs, and once for all uses of the declare that it is in. */
  private static void checkIsKnownEarly(Expr expr, Block block) throws AlloyError {
    Set<String> paths = new TreeSet<>();
    Paths.of(expr, paths::add);
    for (String path : paths) {
      if (path.startsWith("argument.")) {
        throw new AlloyError(
            expr.line(),
            "a module is read before " + path + " is known; write the value into the import");
      }
      if (path.startsWith("remote.")) {
        throw new AlloyError(
            expr.line(),
            path
                + " is known while Alloy runs only; "
                + (path.startsWith("remote.http.")
                    ? "write import.http \"" + block.label() + "\" { url = … }"
                    : "mount the module as a file, and write import.file")
                + " in place of it");
      }
    }
  }

  private static String plain(Value value, String what, int line) throws AlloyError {
    if (!(value instanceof Text text)) {
      throw new AlloyError(line, what + " must be a string, but is " + value.describe());
    }
    if (!text.isPlain()) {
      throw new AlloyError(
          line,
          what
              + " depends on an environment variable, which is known only where the config runs;"
              + " write the result");
    }
    return text.plain();
  }
}
