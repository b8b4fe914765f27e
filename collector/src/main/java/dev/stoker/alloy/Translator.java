package dev.stoker.alloy;

import dev.stoker.alloy.custom.CustomComponents;
import dev.stoker.alloy.custom.Namespace;
import dev.stoker.alloy.imports.Imports;
import dev.stoker.alloy.imports.Module;
import dev.stoker.alloy.imports.ModuleReader;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Translates a config, of one text or several. All problems at once, but for syntax: of a text that
 * cannot be parsed there is one. Never throws for what a text holds. Not thread-safe, used once.
 */
public final class Translator {
  /** Characters of a text; configs have a few thousand. */
  public static final int MAX_CHARS = 512 << 10;

  /** Characters of all texts, with what other programs' parts of an Alloy have. */
  static final int MAX_ALL_CHARS = 4 * MAX_CHARS;

  private static final CustomComponents.Expanded NOTHING_CUSTOM =
      new CustomComponents.Expanded(List.of(), Set.of(), block -> false, name -> false);

  private static final BlockSpec LOGGING =
      new BlockSpec()
          .plain("level", "format")
          .leaveOut("write_to", "Stoker logs to standard error only");

  /** How files are read. */
  public interface Files {
    /**
     * @return null when it cannot be read, or holds no text of a reasonable size
     */
    @Nullable String read(String path);

    /** Whether files are read again when they change, and the text is translated again. */
    default boolean areWatched() {
      return false;
    }

    /**
     * The environment in which the config runs; null when it is written down, and runs elsewhere.
     */
    default @Nullable Map<String, String> environment() {
      return null;
    }

    /** Reads a module: a file, or a folder of <code>*.alloy</code> files. */
    default Module module(String path) {
      String text = read(path);
      return text == null
          ? Module.unreadable(path + " cannot be read here")
          : Module.of(path, path.substring(0, path.lastIndexOf('/') + 1), text);
    }

    /** The folder of the config, which is Alloy's <code>module_path</code>. */
    default String folder() {
      return ".";
    }
  }

  /**
   * @param strict a block that would be left out is an error
   * @param whole nobody beyond the texts refers to their components: those that nobody needs are
   *     left out
   * @param commented blocks that are left out are written as comments in full
   */
  public record Options(boolean strict, boolean whole, boolean commented) {}

  private final AlloyTexts texts;
  private final Options options;
  private final Report report = new Report();
  private final HoconWriter out = new HoconWriter();
  private final Map<String, Integer> components = new HashMap<>();
  private final Files files;
  private final BlockTranslator blocks;
  private final KnownValues values;
  private final Imports imports = new Imports(new ConfigModules());
  private CustomComponents.Expanded custom = NOTHING_CUSTOM;
  private NeededBlocks needs = new NeededBlocks(List.of());
  private UntranslatedBlocks foreign = new UntranslatedBlocks(needs, custom, true, true);

  private Translator(AlloyTexts texts, Files files, Options options) {
    this.texts = texts;
    this.options = options;
    this.files = files;
    this.values = new KnownValues(files, report);
    this.blocks = new BlockTranslator(values.evaluator(), report, options.strict());
    values.nameVariables(blocks::argument);
  }

  /** Texts that are one config, in this order. */
  public static Translation translate(List<AlloyText> texts, Files files, Options options) {
    return new Translator(new AlloyTexts(texts), files, options).run();
  }

  private Translation run() {
    List<Statement.Body> bodies = texts.parse(report);
    try {
      // Without all texts, what is missing would be told of the others.
      if (report.problems.isEmpty()) {
        translate(bodies);
      }
    } catch (AlloyError error) {
      report.problem(error, "");
    }
    return new Translation(
        report.problems.isEmpty() ? out.text() : "",
        out.sourceLines(),
        report.problems,
        report.allNotes(),
        report.leftOut,
        texts.starts(),
        texts.imported());
  }

  private void translate(List<Statement.Body> written) throws AlloyError {
    List<Statement> all = written.stream().flatMap(body -> body.statements().stream()).toList();
    values.forImports(all);
    Namespace names = imports.config(all, files.folder());
    if (!report.problems.isEmpty()) {
      return;
    }
    custom =
        new CustomComponents(names, statements -> new NeededBlocks(statements)::isNeeded)
            .expand(written);
    List<Statement.Body> bodies = custom.bodies();
    List<Statement> statements =
        bodies.stream().flatMap(body -> body.statements().stream()).toList();
    needs = new NeededBlocks(statements);
    foreign = new UntranslatedBlocks(needs, custom, options.strict(), options.whole());
    values.forComponents(statements, foreign, this::missing);
    for (int i = 0; i < bodies.size(); i++) {
      if (bodies.size() > 1) {
        out.blank(texts.firstLine(i));
        out.line("# " + texts.name(i), texts.firstLine(i));
      }
      for (Statement statement : bodies.get(i).statements()) {
        top(statement);
      }
      out.comments(bodies.get(i).leftover());
    }
  }

  /** Gives the imports of this config what they need of it. */
  private final class ConfigModules implements ModuleReader {
    @Override
    public Value evaluate(Expr expr, String path) throws AlloyError {
      return values.evaluate(expr, path);
    }

    @Override
    public Module file(String path) {
      return files.module(path);
    }

    @Override
    public Statement.Body parse(Module.Text text) throws AlloyError {
      return texts.parse(new AlloyText(text.name(), text.text()));
    }

    @Override
    public boolean once(String place, Block block) {
      return Translator.this.once(place + block.id(), block);
    }
  }

  private void top(Statement statement) throws AlloyError {
    Statement.Notes notes = statement.notes();
    if (notes.blankBefore()) {
      out.blank(notes.line());
    }
    if (!(statement instanceof Block block)) {
      report.problem(
          notes.line(), statement.name(), "only blocks stand at the top level; take it out");
      return;
    }
    Optional<UntranslatedBlocks.LeftOutWhy> left = foreign.leftOut(block);
    boolean declared = block.name().equals("declare") && custom.written().contains(block.label());
    if (declared || imports.isRead(block.id())) {
      out.comments(notes.leading());
      out.line("# " + block.id() + " stands where it is used", block.line());
    } else if (left.isPresent() && !values.isImported(block)) {
      leaveOut(block, left.get());
    } else if (block.name().equals("local.file")) {
      out.comments(notes.leading());
      out.line("# local.file." + block.label() + " stands where it is used", block.line());
      blocks.commentsWithin(out, block);
    } else if (block.name().equals("logging")) {
      once("logging", block);
      component(block, "stoker.log", LOGGING);
    } else if (block.name().equals("http")) {
      once("http", block);
      component(HttpBlock.stokers(block, report), "stoker.http", HttpBlock.SPEC);
    } else {
      BlockSpec spec = KnownBlocks.COMPONENTS.get(block.name());
      if (spec == null) {
        report.problem(block.line(), block.name(), UntranslatedBlocks.error(block));
      } else if (block.label().isEmpty()) {
        report.problem(
            block.line(), block.name(), "has no label; write " + block.name() + " \"LABEL\" { … }");
      } else {
        once(block.id(), block);
        component(block, block.id(), spec);
      }
    }
  }

  private void leaveOut(Block block, UntranslatedBlocks.LeftOutWhy left) throws AlloyError {
    report.leftOut(new LeftOut(block.line(), block.id(), block.name(), left.why(), left.loud()));
    out.comments(block.notes().leading());
    out.line("# " + block.id() + " is left out: " + left.why(), block.line());
    if (options.commented()) {
      int line = block.line();
      for (String written : texts.lines(block)) {
        out.line(("# " + written).stripTrailing(), line++);
      }
    } else {
      blocks.commentsWithin(out, block);
    }
  }

  /** False after a problem. */
  private boolean once(String id, Block block) {
    Integer other = components.putIfAbsent(id, block.line());
    if (other != null) {
      report.problem(
          block.line(),
          id,
          "stands in " + texts.where(other) + " already; rename it, or take it out");
    }
    return other == null;
  }

  /** Variables that it needs go in front of it. */
  private void component(Block block, String id, BlockSpec spec) throws AlloyError {
    HoconWriter part = new HoconWriter();
    blocks.block(part, block, id, new BlockTranslator.Place(spec, id));
    for (String line : values.newVariables()) {
      out.line(line, block.line());
    }
    out.append(part);
  }

  /** Says what is wrong with a reference to a block; null = nothing. */
  private @Nullable String missing(String path) {
    Block owner = needs.owner(path);
    if (owner == null
        || foreign.leftOut(owner).isEmpty()
            && (KnownBlocks.isComponent(owner.name()) || isOwn(owner))) {
      return null;
    }
    return "refers to "
        + owner.id()
        + " of "
        + texts.where(owner.line())
        + ", which Stoker does not run: "
        + UntranslatedBlocks.error(owner);
  }

  private static boolean isOwn(Block block) {
    return block.name().equals("local.file") || KnownBlocks.isRoot(block.name());
  }
}
