package dev.stoker.alloy;

import dev.stoker.alloy.eval.Evaluator;
import dev.stoker.alloy.eval.Texts;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The <code>local.file</code> blocks, which stand where they are used, and what files hold. */
final class LocalFiles {
  private final Translator.Files files;
  private final Report report;
  private final Map<String, Evaluator.LocalFile> byLabel = new HashMap<>();
  private final Map<String, String> read = new HashMap<>();

  LocalFiles(Translator.Files files, Report report) {
    this.files = files;
    this.report = report;
  }

  /** The block of that label; null = there is none. */
  Evaluator.@Nullable LocalFile get(String label) {
    return byLabel.get(label);
  }

  void add(Block block) {
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
    boolean twice = byLabel.containsKey(block.label());
    if (block.label().isEmpty() || twice || filename == null) {
      report.problem(
          block.line(),
          "local.file." + block.label(),
          twice ? "is there twice; rename one" : "needs a label and a filename");
    } else {
      byLabel.put(block.label(), new Evaluator.LocalFile(filename, secret));
    }
  }

  /** Returns the content of a file. */
  String read(Text file, int line) throws AlloyError {
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
}
