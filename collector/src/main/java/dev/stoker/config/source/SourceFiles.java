package dev.stoker.config.source;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.stoker.alloy.Translator;
import dev.stoker.config.text.DuplicatesInFile;
import dev.stoker.config.text.OpenBlock;
import dev.stoker.config.text.Places;
import dev.stoker.config.text.SyntaxMessages;
import dev.stoker.config.text.TextScan;
import dev.stoker.schema.Origins;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problem;
import dev.stoker.schema.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and parses files, and knows for every value where it came from. Each file is named <code>
 * @n@</code> towards the parser, so that its messages and origins can be told apart whatever
 * characters a path has. Bounded: size of a file, number and bytes of all files, include depth.
 */
public final class SourceFiles implements Origins {
  /** The HOCON parser takes about a hundred bytes of heap for each one of text. */
  public static final int MAX_BYTES = 2 << 20;

  private static final int MAX_INCLUDE_DEPTH = 8;
  private static final Pattern TOKEN = Pattern.compile("@(\\d+)@(?:: (\\d+))?");
  private static final ConfigObject EMPTY = ConfigFactory.empty().root();

  /**
   * A file that is being parsed.
   *
   * @param shown path as users see it
   * @param chain real paths from the first file to this one
   */
  record Source(Path shown, HoconSource hocon, List<Path> chain) {
    String text() {
      return hocon.text();
    }

    Place place(int line) {
      return hocon.places().apply(line);
    }
  }

  private final Problems problems;
  private final boolean strict;
  private final Map<String, String> env;
  private final Map<String, Places.Text> texts = new HashMap<>();
  private final List<LeftOutBlock> leftOut = new ArrayList<>();
  private final List<Source> parsed = new ArrayList<>();
  private final FileReads reads;
  private final Set<Path> included = new LinkedHashSet<>();

  public SourceFiles(Problems problems) {
    this(problems, false, Map.of());
  }

  /**
   * @param strict of an Alloy config, a block that would be left out is an error
   * @param env what functions of Alloy see of the environment
   */
  public SourceFiles(Problems problems, boolean strict, Map<String, String> env) {
    this.problems = problems;
    this.strict = strict;
    this.env = Map.copyOf(env);
    this.reads = new FileReads(problems, parsed::size);
  }

  /** Gives a text that is read in place of a file. */
  public void give(Path name, byte[] text) {
    reads.give(name, text);
  }

  /** Parses files in Alloy's syntax that are one config; {} after a problem. */
  public ConfigObject parseAlloy(List<Path> files) {
    HoconSource hocon = translate(files, true);
    return hocon == null
        ? EMPTY
        : parseChecked(new Source(files.get(0), hocon, List.of(FileReads.real(files.get(0)))));
  }

  /** Blocks of Alloy configs that are not run. */
  public List<LeftOutBlock> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Parses a file that stands for itself; {} after a problem. */
  public ConfigObject parse(Path file) {
    return parse(file, List.of(), new Place(file.toString(), 0));
  }

  /** Parses a text that is no file's; its includes are errors. */
  public ConfigObject parseText(String text) {
    texts.put("rules", new Places.Text(text, false));
    Source source = new Source(Path.of("rules"), HoconSource.of("rules", text), List.of());
    Optional<TextScan.Finding> finding = TextScan.check(text);
    if (finding.isPresent()) {
      problems.error(source.place(finding.get().line()), "", finding.get().message());
      return EMPTY;
    }
    return parse(source, new NoInclude(source, problems));
  }

  /** Parses a file on behalf of another one. */
  ConfigObject parseIncluded(Path file, Source from, Place statement) {
    Path real = FileReads.real(file);
    included.add(real);
    if (from.chain().contains(real)) {
      problems.error(
          statement,
          "",
          "include cycle: " + file + " is already being included; take one of the includes out");
      return EMPTY;
    }
    if (from.chain().size() >= MAX_INCLUDE_DEPTH) {
      problems.error(
          statement, "", "includes nested deeper than " + MAX_INCLUDE_DEPTH + "; flatten them");
      return EMPTY;
    }
    return parse(file, from.chain(), statement);
  }

  private ConfigObject parse(Path file, List<Path> chain, Place blame) {
    Path real = FileReads.real(file);
    String text = reads.read(file, blame);
    if (text == null) {
      return EMPTY;
    }
    List<Path> longer = new ArrayList<>(chain);
    longer.add(real);
    HoconSource hocon = hocon(file, text, chain.isEmpty());
    return hocon == null ? EMPTY : parseChecked(new Source(file, hocon, List.copyOf(longer)));
  }

  private ConfigObject parseChecked(Source source) {
    Optional<TextScan.Finding> finding = TextScan.check(source.text());
    if (finding.isPresent()) {
      problems.error(source.place(finding.get().line()), "", finding.get().message());
      return EMPTY;
    }
    return parse(source, new FileIncluder(this, source, problems));
  }

  private ConfigObject parse(Source source, ConfigIncluder includer) {
    String token = "@" + parsed.size() + "@";
    parsed.add(source);
    ConfigParseOptions options =
        ConfigParseOptions.defaults()
            .setSyntax(ConfigSyntax.CONF)
            .setOriginDescription(token)
            .setIncluder(includer);
    for (DuplicatesInFile.Finding finding : DuplicatesInFile.find(source.text())) {
      Place place = source.place(finding.line()).ofName();
      if (finding.error()) {
        problems.error(place, finding.path(), finding.message());
      } else {
        problems.warn(place, finding.path(), finding.message());
      }
    }
    try {
      return ConfigFactory.parseString(source.text(), options).root();
    } catch (ConfigException syntax) {
      syntax(source, token, syntax);
      return EMPTY;
    }
  }

  private void syntax(Source source, String token, ConfigException failure) {
    String yaml = SyntaxMessages.ofYaml(source.text());
    OpenBlock unclosed = Places.unclosed(source.text());
    if (!yaml.isEmpty()) {
      problems.error(place(failure.origin(), source.place(0)), "", yaml);
    } else if (unclosed != null && SyntaxMessages.isAtTheEnd(failure)) {
      problems.error(
          source.place(unclosed.line()).column(unclosed.column() + 1),
          "",
          SyntaxMessages.unclosed(unclosed));
    } else {
      Matcher line =
          TOKEN.matcher(failure.origin() == null ? token : failure.origin().description());
      int column =
          line.find() && line.group(2) != null
              ? Places.column(
                  source.text(), Integer.parseInt(line.group(2)), SyntaxMessages.sign(failure))
              : 0;
      Place place = place(failure.origin(), source.place(0));
      problems.error(place.column(column), "", SyntaxMessages.of(failure));
    }
  }

  /**
   * @param whole no other file refers to what is in this one
   */
  private @Nullable HoconSource hocon(Path file, String text, boolean whole) {
    if (!AlloySource.isAlloy(file, text)) {
      texts.put(file.toString(), new Places.Text(text, false));
      return HoconSource.of(file.toString(), text);
    }
    return hocon(
        List.of(new AlloySource.Named(file, text)),
        new Translator.Options(strict, whole, false),
        true);
  }

  private @Nullable HoconSource hocon(
      List<AlloySource.Named> files, Translator.Options options, boolean watched) {
    files.forEach(file -> texts.put(file.name().toString(), new Places.Text(file.text(), true)));
    AlloySource alloy = new AlloySource(problems, reads, watched ? env : null, options);
    HoconSource hocon = alloy.hocon(files);
    alloy.imported().forEach((name, text) -> texts.put(name, new Places.Text(text, true)));
    leftOut.addAll(alloy.leftOut());
    return hocon;
  }

  /**
   * The HOCON that an Alloy config comes to; null after a problem.
   *
   * @param run it is to be run, not to be shown
   */
  public @Nullable HoconSource translate(List<Path> files, boolean run) {
    List<AlloySource.Named> texts = new ArrayList<>();
    for (Path file : files) {
      String text = reads.read(file, new Place(file.toString(), 0));
      if (text == null) {
        return null;
      }
      texts.add(new AlloySource.Named(file, text));
    }
    return hocon(texts, new Translator.Options(strict, true, !run), run);
  }

  /** Bytes of all files that have been read so far. */
  public long totalBytes() {
    return reads.totalBytes();
  }

  /** Notes the state of a path at the time of reading. The first note counts. */
  public void note(Path path, String state) {
    reads.note(path, state);
  }

  public Sources sources() {
    return reads.sources();
  }

  /** Adds columns and excerpts to problems. */
  public List<Problem> places(List<Problem> found) {
    return Places.found(found, texts);
  }

  public boolean isIncluded(Path file) {
    return included.contains(FileReads.real(file));
  }

  public List<Path> readFiles() {
    return reads.files();
  }

  /**
   * @param fallback for values that no file holds, such as environment variables
   */
  @Override
  public Place place(@Nullable ConfigOrigin origin, Place fallback) {
    if (origin == null) {
      return fallback;
    }
    Matcher matcher = TOKEN.matcher(origin.description());
    if (!matcher.find()) {
      return fallback;
    }
    String line = matcher.group(2);
    return parsed
        .get(Integer.parseInt(matcher.group(1)))
        .place(line == null ? 0 : Integer.parseInt(line));
  }
}
