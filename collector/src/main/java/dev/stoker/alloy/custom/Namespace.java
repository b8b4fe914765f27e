package dev.stoker.alloy.custom;

import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The custom components that names mean in a module, which the config is too, or in the body of a
 * <code>declare</code> block. What is written around the body is known in it too.
 */
public final class Namespace {
  /**
   * @param within where the <code>declare</code> block is written
   */
  record Found(Block declare, Namespace within) {
    /** Makes the scope of names inside of the <code>declare</code> block. */
    Namespace body() {
      return within.body(declare);
    }
  }

  private final String modulePath;
  private final @Nullable Namespace outer;
  private final Map<String, Block> declares = new LinkedHashMap<>();
  private final Map<String, Namespace> imports = new HashMap<>();
  private final Map<Block, Namespace> bodies = new IdentityHashMap<>();

  private Namespace(String modulePath, @Nullable Namespace outer) {
    this.modulePath = modulePath;
    this.outer = outer;
  }

  /**
   * @param modulePath the folder of the module
   */
  public static Namespace of(String modulePath, Iterable<Statement> statements) {
    return new Namespace(modulePath, null).with(statements);
  }

  private Namespace with(Iterable<Statement> statements) {
    for (Statement statement : statements) {
      if (statement instanceof Block block
          && block.name().equals("declare")
          && !block.label().isEmpty()) {
        declares.putIfAbsent(block.label(), block);
      }
    }
    for (Block declare : declares.values()) {
      bodies.put(declare, new Namespace(modulePath, this).with(declare.body().statements()));
    }
    return this;
  }

  /** The folder of the module, which is Alloy's <code>module_path</code>. */
  public String modulePath() {
    return modulePath;
  }

  /** The names of a module are known here behind that label. */
  public void add(String label, Namespace module) {
    imports.put(label, module);
  }

  /** The <code>declare</code> blocks of this place, by label. */
  public Map<String, Block> declares() {
    return declares;
  }

  /** Makes the scope of names inside of a <code>declare</code> block of this place. */
  public Namespace body(Block declare) {
    Namespace body = bodies.get(declare);
    if (body == null) {
      throw new IllegalArgumentException(declare.id());
    }
    return body;
  }

  /** Neither a <code>declare</code> block nor an import is known here. */
  boolean isEmpty() {
    return declares.isEmpty() && imports.isEmpty();
  }

  /**
   * The <code>declare</code> block that a kind of component is from; null = it is no custom one.
   */
  @Nullable Found find(String name) {
    int dot = name.indexOf('.');
    String first = dot < 0 ? name : name.substring(0, dot);
    for (Namespace each = this; each != null; each = each.outer) {
      Namespace module = dot < 0 ? null : each.imports.get(first);
      if (module != null) {
        Block declare = module.declares.get(name.substring(dot + 1));
        return declare == null ? null : new Found(declare, module);
      }
      Block declare = each.declares.get(name);
      if (declare != null) {
        return new Found(declare, each);
      }
    }
    return null;
  }

  /**
   * The kinds of component of the module that a name begins with; empty when it begins with none.
   */
  Set<String> module(String name) {
    Set<String> kinds = new TreeSet<>();
    int dot = name.indexOf('.');
    for (Namespace each = this; dot > 0 && each != null; each = each.outer) {
      Namespace module = each.imports.get(name.substring(0, dot));
      if (module != null) {
        module.declares.keySet().forEach(kind -> kinds.add(name.substring(0, dot + 1) + kind));
        return kinds;
      }
    }
    return kinds;
  }

  /** Says whether the first part of a name is an import. */
  boolean isImported(String name) {
    int dot = name.indexOf('.');
    for (Namespace each = this; dot > 0 && each != null; each = each.outer) {
      if (each.imports.containsKey(name.substring(0, dot))) {
        return true;
      }
    }
    return false;
  }

  /** Says whether a block is an import of this place. Those that are not read are none. */
  boolean isImport(Block block) {
    return block.name().startsWith("import.") && imports.containsKey(block.label());
  }

  /** Everything that is known here, and what is known in it. */
  void collect(Set<Namespace> all) {
    if (all.add(this)) {
      bodies.values().forEach(body -> body.collect(all));
      imports.values().forEach(module -> module.collect(all));
    }
  }
}
