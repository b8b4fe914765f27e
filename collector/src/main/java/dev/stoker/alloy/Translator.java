package dev.stoker.alloy;

import dev.stoker.alloy.eval.Evaluator;
import dev.stoker.alloy.eval.Texts;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Parser;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Translates a config, of one text or several. All problems at once, but for syntax: of a text that
 * cannot be parsed there is one. Never throws for what a text holds. Not thread-safe, used once.
 */
public final class Translator implements Evaluator.Surroundings {
  /** Characters of a text; configs have a few thousand. */
  public static final int MAX_CHARS = 512 << 10;

  /** Characters of all texts, with what other programs' parts of an Alloy have. */
  static final int MAX_ALL_CHARS = 4 * MAX_CHARS;

  /** What custom components are made of. */
  private static final Set<String> CUSTOM = Set.of("declare", "argument", "export");

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

    /** They are read again when they change, and the text is translated again. */
    default boolean areWatched() {
      return false;
    }
  }

  /**
   * @param strict a block that would be left out is an error
   * @param whole nobody beyond the texts refers to their components: those that nobody needs are
   *     left out
   * @param commented blocks that are left out are written as comments in full
   */
  public record Options(boolean strict, boolean whole, boolean commented) {
    /** A config as it is run. */
    public static final Options RUN = new Options(false, true, false);
  }

  private final Files files;
  private final Options options;
  private final Report report = new Report();
  private final HoconWriter out = new HoconWriter();
  private final Map<String, Integer> components = new HashMap<>();
  private final Map<String, String> read = new HashMap<>();
  private final Map<String, Evaluator.LocalFile> localFiles = new HashMap<>();
  private final Set<String> variables = new HashSet<>();
  private final List<String> newVariables = new ArrayList<>();
  private final BlockTranslator blocks;
  private final List<Integer> starts = new ArrayList<>();
  private long chars;
  private List<AlloyText> texts = List.of();
  private Set<String> declared = Set.of();
  private NeededBlocks needs = new NeededBlocks(List.of());
  private UntranslatedBlocks foreign = new UntranslatedBlocks(needs, Set.of(), true, true);

  private Translator(Files files, Options options) {
    this.files = files;
    this.options = options;
    this.blocks = new BlockTranslator(new Evaluator(this), report, options.strict());
  }

  public static Translation translate(String text, Files files) {
    return translate(List.of(new AlloyText("", text)), files, Options.RUN);
  }

  /** Texts that are one config, in this order. */
  public static Translation translate(List<AlloyText> texts, Files files, Options options) {
    return new Translator(files, options).run(texts);
  }

  private Translation run(List<AlloyText> all) {
    texts = all;
    List<Statement.Body> bodies = new ArrayList<>();
    for (AlloyText text : all) {
      bodies.add(parse(text.text()));
    }
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
        starts);
  }

  private Statement.Body parse(String text) {
    int before =
        starts.isEmpty()
            ? 0
            : starts.get(starts.size() - 1) + lines(texts.get(starts.size() - 1).text());
    starts.add(before);
    try {
      if (text.length() > MAX_CHARS) {
        throw new AlloyError(before + 1, "has more than " + MAX_CHARS + " characters; split it");
      }
      chars += text.length();
      if (chars > MAX_ALL_CHARS) {
        throw new AlloyError(
            before + 1,
            "the files up to this one have more than "
                + MAX_ALL_CHARS
                + " characters; take out what has nothing to do with profiles");
      }
      return Parser.parse(text, before, KnownBlocks::isComponent);
    } catch (AlloyError error) {
      report.problem(error, "");
      return new Statement.Body(List.of(), List.of());
    }
  }

  private static int lines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count() + 1;
  }

  private void translate(List<Statement.Body> written) throws AlloyError {
    customOnce(written.stream().flatMap(body -> body.statements().stream()).toList(), "");
    if (!report.problems.isEmpty()) {
      return;
    }
    CustomComponents.Expanded expanded = CustomComponents.expand(written);
    List<Statement.Body> bodies = expanded.bodies();
    declared = expanded.declared();
    List<Statement> statements =
        bodies.stream().flatMap(body -> body.statements().stream()).toList();
    needs = new NeededBlocks(statements);
    foreign =
        new UntranslatedBlocks(needs, expanded.profiling(), options.strict(), options.whole());
    statements.forEach(this::collectFile);
    for (int i = 0; i < bodies.size(); i++) {
      if (bodies.size() > 1) {
        out.blank(starts.get(i) + 1);
        out.line("# " + texts.get(i).name(), starts.get(i) + 1);
      }
      for (Statement statement : bodies.get(i).statements()) {
        top(statement);
      }
      out.comments(bodies.get(i).leftover());
    }
  }

  /** Before custom components are written out: of two of a name, one would be lost. */
  private void customOnce(List<Statement> statements, String scope) {
    for (Statement statement : statements) {
      if (statement instanceof Block block
          && CUSTOM.contains(block.name())
          && once(scope + block.id(), block)) {
        customOnce(block.body().statements(), scope + block.id() + ".");
      }
    }
  }

  private void collectFile(Statement statement) {
    if (!(statement instanceof Block block)
        || !block.name().equals("local.file")
        || foreign.leftOut(block).isPresent()) {
      return;
    }
    Expr filename = null;
    boolean secret = false;
    for (Statement each : block.body().statements()) {
      if (each instanceof Attribute attribute && each.name().equals("filename")) {
        filename = attribute.value();
      } else if (each instanceof Attribute attribute && each.name().equals("is_secret")) {
        secret =
            !(attribute.value() instanceof Expr.Literal literal
                && literal.value().equals(new Value.Bool(false)));
      } else if (!each.name().equals("detector") && !each.name().equals("poll_frequency")) {
        report.problem(
            each.notes().line(), "local.file." + block.label(), "has no " + each.name() + " here");
      }
    }
    boolean twice = localFiles.containsKey(block.label());
    if (block.label().isEmpty() || twice || filename == null) {
      report.problem(
          block.line(),
          "local.file." + block.label(),
          twice ? "is there twice; rename one" : "needs a label and a filename");
    } else {
      localFiles.put(block.label(), new Evaluator.LocalFile(filename, secret));
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
    if (block.name().equals("declare") && declared.contains(block.label())) {
      out.comments(notes.leading());
      out.line("# " + block.id() + " stands where it is used", block.line());
    } else if (left.isPresent()) {
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
      int text = textOf(block.line());
      int from = block.line() - starts.get(text) - 1;
      String[] lines = texts.get(text).text().split("\n", -1);
      for (int i = from; i <= from + block.lastLine() - block.line(); i++) {
        out.line(("# " + lines[i]).stripTrailing(), block.line() + i - from);
      }
    } else {
      blocks.commentsWithin(out, block);
    }
  }

  private int textOf(int line) {
    int text = texts.size() - 1;
    while (text > 0 && starts.get(text) >= line) {
      text--;
    }
    return text;
  }

  /** For messages. */
  private String where(int line) {
    int text = textOf(line);
    String inside = "line " + (line - starts.get(text));
    return texts.size() == 1 ? inside : inside + " of " + texts.get(text).name();
  }

  /** False after a problem. */
  private boolean once(String id, Block block) {
    Integer other = components.putIfAbsent(id, block.line());
    if (other != null) {
      report.problem(
          block.line(), id, "stands in " + where(other) + " already; rename it, or take it out");
    }
    return other == null;
  }

  /** Variables that it needs go in front of it. */
  private void component(Block block, String id, BlockSpec spec) throws AlloyError {
    newVariables.clear();
    HoconWriter part = new HoconWriter();
    blocks.block(part, block, id, new BlockTranslator.Place(spec, id));
    for (String line : newVariables) {
      out.line(line, block.line());
    }
    out.append(part);
  }

  @Override
  public Evaluator.@Nullable LocalFile localFile(String label) {
    return localFiles.get(label);
  }

  @Override
  public @Nullable String missing(String path) {
    Block owner = needs.owner(path);
    if (owner == null
        || foreign.leftOut(owner).isEmpty()
            && (KnownBlocks.isComponent(owner.name()) || isOwn(owner))) {
      return null;
    }
    return "refers to "
        + owner.id()
        + " of "
        + where(owner.line())
        + ", which Stoker does not run: "
        + UntranslatedBlocks.error(owner);
  }

  private static boolean isOwn(Block block) {
    return block.name().equals("local.file") || KnownBlocks.isRoot(block.name());
  }

  @Override
  public void note(int line, String message) {
    report.note(line, "", message);
  }

  @Override
  public String read(Text file, int line) throws AlloyError {
    String path = Texts.plain(file, "the path of a file whose content is needed here", line);
    String known = read.get(path);
    String content = known == null ? files.read(path) : known;
    if (content == null) {
      throw new AlloyError(line, "the file " + path + " cannot be read here; write its content");
    }
    if (!files.areWatched()) {
      report.note(
          line,
          "",
          "the content of " + path + " is written out; a later change has no effect here");
    }
    read.put(path, content);
    return content;
  }

  @Override
  public String variable(List<Text> alternatives) {
    String name = blocks.argument();
    for (int i = 2; !variables.add(name); i++) {
      name = blocks.argument() + "_" + i;
    }
    for (int i = alternatives.size() - 1; i >= 0; i--) {
      newVariables.add("vars." + name + " = " + HoconText.text(alternatives.get(i)));
    }
    return "vars." + name;
  }
}
