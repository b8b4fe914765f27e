package dev.stoker.alloy.imports;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Value;

/** What imports need of the translation that they are a part of. */
public interface ModuleReader {
  /**
   * The value of an argument of an import, as far as it is known.
   *
   * @param modulePath of the module in which the import is written
   */
  Value evaluate(Expr expr, String modulePath) throws AlloyError;

  /** Reads a file, or a folder of <code>*.alloy</code> files. */
  Module file(String path);

  /** Parses a text that belongs to the config from now on. */
  Statement.Body parse(Module.Text text) throws AlloyError;

  /** Whether a block is the first of its kind and label in its place; otherwise reports it. */
  boolean once(String place, Statement.Block block);
}
