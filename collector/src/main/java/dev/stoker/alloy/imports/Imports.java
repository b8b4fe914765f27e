package dev.stoker.alloy.imports;

import dev.stoker.alloy.custom.Namespace;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the modules that a config imports, and what they import, before anything else is
 * translated. Bounded: how deep imports are, and how many modules there are.
 */
public final class Imports {
  /** A module that imports a module that imports … */
  static final int MAX_DEPTH = 8;

  static final int MAX_MODULES = 200;

  /** The blocks of which one would be lost when there are two of a name. */
  private static final Set<String> NAMED = Set.of("declare", "argument", "export");

  private final ModuleReader reader;
  private final ImportArguments arguments;
  private final Map<String, Namespace> known = new HashMap<>();
  private final List<String> open = new ArrayList<>();
  private final Set<String> read = new HashSet<>();
  private int modules;

  public Imports(ModuleReader reader) {
    this.reader = reader;
    this.arguments = new ImportArguments(reader);
  }

  /** Whether the module of an import of the config itself has been read. */
  public boolean isRead(String id) {
    return read.contains(id);
  }

  /**
   * What names mean in a config.
   *
   * @param modulePath the folder of the config
   */
  public Namespace config(List<Statement> statements, String modulePath) throws AlloyError {
    return namespace(statements, modulePath, "");
  }

  private Namespace namespace(List<Statement> statements, String modulePath, String place)
      throws AlloyError {
    once(statements, place);
    Namespace names = Namespace.of(modulePath, statements);
    readImports(statements, names);
    return names;
  }

  /** Reports blocks of the same name. */
  private void once(List<Statement> statements, String place) {
    for (Statement statement : statements) {
      if (statement instanceof Block block) {
        boolean named = NAMED.contains(block.name());
        if ((named || isImport(block)) && reader.once(place, block) && named) {
          once(block.body().statements(), place + block.id() + ".");
        }
      }
    }
  }

  private static boolean isImport(Block block) {
    return block.name().startsWith("import.");
  }

  private void readImports(List<Statement> statements, Namespace names) throws AlloyError {
    for (Statement statement : statements) {
      if (statement instanceof Block block && isImport(block)) {
        Module module = arguments.module(block, names.modulePath());
        if (module != null) {
          names.add(block.label(), module(block, module));
          if (open.isEmpty()) {
            read.add(block.id());
          }
        }
      }
    }
    for (Block declare : names.declares().values()) {
      readImports(declare.body().statements(), names.body(declare));
    }
  }

  private Namespace module(Block block, Module module) throws AlloyError {
    Namespace before = known.get(module.id());
    if (before != null) {
      return before;
    }
    String id = module.id();
    if (open.contains(id)) {
      throw AlloyError.ofName(
          block.line(),
          "import cycle: " + id + " is already being imported; take one of the imports out");
    }
    if (open.size() >= MAX_DEPTH) {
      throw AlloyError.ofName(
          block.line(), "imports are nested deeper than " + MAX_DEPTH + "; flatten them");
    }
    if (++modules > MAX_MODULES) {
      throw AlloyError.ofName(
          block.line(), "a config imports more than " + MAX_MODULES + " modules; import fewer");
    }
    open.add(id);
    List<Statement> statements = new ArrayList<>();
    for (Module.Text text : module.texts()) {
      statements.addAll(reader.parse(text).statements());
    }
    for (Statement each : statements) {
      if (!(each instanceof Block) || !each.name().equals("declare") && !isImport((Block) each)) {
        throw AlloyError.ofName(
            each.notes().line(),
            "only declare and import blocks stand in a module; write "
                + each.name()
                + " into a declare, or into the config itself");
      }
    }
    Namespace names = namespace(statements, module.folder(), "module " + modules + " ");
    open.remove(open.size() - 1);
    if (!id.isEmpty()) {
      known.put(id, names);
    }
    return names;
  }
}
