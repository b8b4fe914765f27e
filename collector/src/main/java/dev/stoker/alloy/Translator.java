package dev.stoker.alloy;

import dev.stoker.alloy.Statement.Attribute;
import dev.stoker.alloy.Statement.Block;
import dev.stoker.alloy.Value.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Translates one file. All problems at once, but for syntax: a text that cannot be parsed has one.
 * Never throws for what the text holds. Not thread-safe, used once.
 */
public final class Translator implements Evaluator.Surroundings {
  /** Characters of a text; configs have a few thousand. */
  public static final int MAX_CHARS = 512 << 10;

  private static final BlockSpec LOGGING =
      new BlockSpec()
          .plain("level", "format")
          .refuse("write_to", "Stoker logs to standard error only; take it out");

  private static final Map<String, String> LEFT_OUT =
      Map.of(
          "tracing", "Stoker does not trace itself",
          "livedebugging", "Stoker's pages need no switch");

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

  private final Files files;
  private final Report report = new Report();
  private final HoconWriter out = new HoconWriter();
  private final Map<String, Integer> components = new HashMap<>();
  private final Map<String, String> read = new HashMap<>();
  private final Map<String, Evaluator.LocalFile> localFiles = new HashMap<>();
  private final Set<String> variables = new HashSet<>();
  private final List<String> newVariables = new ArrayList<>();
  private final BlockTranslator blocks = new BlockTranslator(new Evaluator(this), report);

  private Translator(Files files) {
    this.files = files;
  }

  public static Translation translate(String text, Files files) {
    return new Translator(files).run(text);
  }

  private Translation run(String text) {
    try {
      if (text.length() > MAX_CHARS) {
        throw new AlloyError(1, "has more than " + MAX_CHARS + " characters; split it");
      }
      Statement.Body body = Parser.parse(text);
      body.statements().forEach(this::collectFile);
      for (Statement statement : body.statements()) {
        top(statement);
      }
      out.comments(body.leftover());
    } catch (AlloyError error) {
      report.problem(error.line, "", error.text());
    }
    return new Translation(
        report.problems.isEmpty() ? out.text() : "",
        out.sourceLines(),
        report.problems,
        report.notes);
  }

  private void collectFile(Statement statement) {
    if (!(statement instanceof Block block) || !block.name().equals("local.file")) {
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
    String why = LEFT_OUT.get(block.name());
    if (block.name().equals("local.file")) {
      out.comments(notes.leading());
      out.line("# local.file." + block.label() + " stands where it is used", block.line());
      blocks.commentsWithin(out, block);
    } else if (block.name().equals("logging")) {
      once("logging", block);
      component(block, "stoker.log", LOGGING);
    } else if (block.name().equals("http")) {
      once("http", block);
      component(HttpBlock.stokers(block, report), "stoker.http", HttpBlock.SPEC);
    } else if (why != null) {
      out.comments(notes.leading());
      blocks.leaveOut(out, block, block.name(), why);
    } else {
      BlockSpec spec = Kinds.COMPONENTS.get(block.name());
      if (spec == null) {
        report.problem(block.line(), block.name(), Kinds.advice(block.name()));
      } else if (block.label().isEmpty()) {
        report.problem(
            block.line(), block.name(), "has no label; write " + block.name() + " \"LABEL\" { … }");
      } else {
        String id = block.name() + "." + block.label();
        once(id, block);
        component(block, id, spec);
      }
    }
  }

  private void once(String id, Block block) {
    Integer other = components.putIfAbsent(id, block.line());
    if (other != null) {
      report.problem(
          block.line(), id, "stands in line " + other + " already; rename it, or take it out");
    }
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
