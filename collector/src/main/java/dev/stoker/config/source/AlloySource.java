package dev.stoker.config.source;

import dev.stoker.alloy.AlloyProblem;
import dev.stoker.alloy.AlloyText;
import dev.stoker.alloy.LeftOut;
import dev.stoker.alloy.Translation;
import dev.stoker.alloy.Translator;
import dev.stoker.alloy.imports.Module;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A config in Alloy's syntax, of one file or of several that are one: translated when it is read,
 * problems at Alloy's lines.
 */
public final class AlloySource {
  static final String SUFFIX = ".alloy";

  /** The extension of the files of Alloy's predecessor. */
  private static final String OLD_SUFFIX = ".river";

  private static final List<String> HOCON_SUFFIXES = List.of(".conf", ".hocon", ".json");

  /** A block with a label, as no HOCON that Stoker takes has it. */
  private static final Pattern LABELLED =
      Pattern.compile("(?m)^[ \t]*[a-z_][a-zA-Z0-9_.]*[ \t]+\"[A-Za-z_][A-Za-z0-9_]*\"[ \t]*\\{");

  /**
   * @param name as users see it
   */
  record Named(Path name, String text) {}

  private final Problems problems;
  private final FileReads reader;
  private final @Nullable Map<String, String> environment;
  private final Translator.Options options;
  private final List<LeftOutBlock> leftOut = new ArrayList<>();
  private final Map<String, String> imported = new LinkedHashMap<>();

  /**
   * @param reader of files whose content the config takes in
   * @param environment of the config that is run, whose files are read again when they change; null
   *     when it is only written down
   */
  AlloySource(
      Problems problems,
      FileReads reader,
      @Nullable Map<String, String> environment,
      Translator.Options options) {
    this.problems = problems;
    this.reader = reader;
    this.environment = environment;
    this.options = options;
  }

  /**
   * Whether a file is in Alloy's syntax, by its name, or by its text where the name does not tell.
   */
  static boolean isAlloy(Path file, String text) {
    String name = String.valueOf(file.getFileName());
    return isNamedSo(file)
        || HOCON_SUFFIXES.stream().noneMatch(name::endsWith) && looksLikeAlloy(text);
  }

  public static boolean isNamedSo(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(SUFFIX) || name.endsWith(OLD_SUFFIX);
  }

  static boolean looksLikeAlloy(String text) {
    return LABELLED.matcher(text).find();
  }

  /** Null after a problem. */
  @Nullable HoconSource hocon(List<Named> files) {
    Translation translation =
        Translator.translate(
            files.stream()
                .map(file -> new AlloyText(String.valueOf(file.name().getFileName()), file.text()))
                .toList(),
            new Contents(String.valueOf(folder(files.get(0).name()))),
            options);
    translation.imported().forEach(text -> imported.put(text.name(), text.text()));
    for (AlloyProblem problem : translation.problems()) {
      Place place = place(files, translation, translation.place(problem.line()));
      problems.error(place.column(problem.column()), problem.path(), problem.message());
    }
    for (AlloyProblem note : translation.notes()) {
      Place place = place(files, translation, translation.place(note.line()));
      problems.note(place.column(note.column()), note.path(), note.message());
    }
    for (LeftOut block : translation.leftOut()) {
      Place place = place(files, translation, translation.place(block.line()));
      String message = "is left out: " + block.why();
      leftOut.add(new LeftOutBlock(block.id(), block.kind(), place, message, block.loud()));
      if (block.loud()) {
        problems.warn(place.ofName(), block.id(), message);
      } else {
        problems.note(place.ofName(), block.id(), message);
      }
    }
    return translation.problems().isEmpty()
        ? new HoconSource(
            translation.hocon(), line -> place(files, translation, translation.source(line)))
        : null;
  }

  List<LeftOutBlock> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Texts of modules, by name. */
  Map<String, String> imported() {
    return imported;
  }

  private static Path folder(Path file) {
    Path parent = file.getParent();
    return parent == null ? Path.of(".") : parent;
  }

  private static Place place(List<Named> files, Translation translation, Translation.Place place) {
    int text = place.text();
    String name =
        text < files.size()
            ? files.get(text).name().toString()
            : translation.imported().get(text - files.size()).name();
    return new Place(name, place.line());
  }

  private final class Contents implements Translator.Files {
    private final String folder;

    Contents(String folder) {
      this.folder = folder;
    }

    @Override
    public String folder() {
      return folder;
    }

    @Override
    public Module module(String path) {
      return new ModuleFiles(reader).read(path);
    }

    @Override
    public @Nullable String read(String path) {
      try {
        return reader.read(Path.of(path), new Place(path, 0));
      } catch (InvalidPathException noPath) {
        return null;
      }
    }

    @Override
    public boolean areWatched() {
      return environment != null;
    }

    @Override
    public @Nullable Map<String, String> environment() {
      return environment;
    }
  }
}
