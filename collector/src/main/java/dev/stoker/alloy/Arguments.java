package dev.stoker.alloy;

import dev.stoker.alloy.BlockSpec.Kind;
import dev.stoker.alloy.BlockTranslator.Place;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Content;
import dev.stoker.alloy.syntax.Value.Entries;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Reference;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes an argument whose value is known, in the form that its kind has in HOCON. */
final class Arguments {
  /** A file's content goes into the argument that names a file. */
  private static final Map<String, String> FILE_COUNTERPARTS =
      Map.of(
          "password", "password_file",
          "bearer_token", "bearer_token_file",
          "credentials", "credentials_file",
          "client_secret", "client_secret_file",
          "ca_pem", "ca_file",
          "cert_pem", "cert_file",
          "key_pem", "key_file");

  private final Report report;

  Arguments(Report report) {
    this.report = report;
  }

  static boolean isReadFromFile(String name) {
    return FILE_COUNTERPARTS.containsKey(name);
  }

  void write(HoconWriter out, Attribute attribute, Value value, Kind kind, Place place)
      throws AlloyError {
    int line = attribute.notes().line();
    String key = attribute.name();
    Value written = value;
    String counterpart = FILE_COUNTERPARTS.get(key);
    if (value instanceof Content content && counterpart != null) {
      key = counterpart;
      written = content.file();
    }
    switch (kind) {
      case DURATION -> {
        duration(out, attribute, written, place);
        return;
      }
      case TARGETS -> written = targets(written, line);
      case RECEIVERS -> written = receivers(written, line);
      case PLAIN -> plain(written, line);
    }
    if (place.path().equals("stoker.log") && written.equals(Text.of("logfmt"))) {
      written = Text.of("text");
    }
    out.attribute(HoconText.key(key), written, attribute.notes().trailing(), line);
  }

  private void duration(HoconWriter out, Attribute attribute, Value value, Place place)
      throws AlloyError {
    int line = attribute.notes().line();
    String name = attribute.name();
    if (!(value instanceof Text text)) {
      throw new AlloyError(line, "must be a duration such as \"15s\", but is " + value.describe());
    }
    if (!text.isPlain()) {
      out.attribute(name, text, attribute.notes().trailing(), line);
      return;
    }
    Optional<String> hocon = Durations.hocon(text.plain());
    if (hocon.isEmpty()) {
      throw new AlloyError(line, "is no duration; write one such as \"15s\" or \"1m30s\"");
    }
    if (name.equals("delta_profiling_duration") && hocon.get().equals("14s")) {
      String why =
          "14s is Alloy's default and means scrape_interval - 1s to it, as nothing does here";
      report.note(line, place.path(name), "is left out: " + why);
      out.line("# " + name + " is left out: " + why, line);
      return;
    }
    out.line(name + " = " + hocon.get() + HoconWriter.behind(attribute.notes().trailing()), line);
  }

  private static Items targets(Value value, int line) throws AlloyError {
    if (value instanceof Reference) {
      return new Items(List.of(new Item(value, List.of(), line)), List.of());
    }
    if (!(value instanceof Items items)) {
      throw new AlloyError(line, "must be a list of targets, but is " + value.describe());
    }
    List<Item> flat = new ArrayList<>();
    for (Item item : items.items()) {
      if (item.value() instanceof Items inner) {
        flat.addAll(targets(inner, line).items());
      } else if (item.value() instanceof Reference) {
        flat.add(item);
      } else if (item.value() instanceof Entries) {
        plain(item.value(), item.line());
        flat.add(item);
      } else {
        throw new AlloyError(
            item.line(), "a target is an object of labels, but here is " + item.value().describe());
      }
    }
    return new Items(flat, items.leftover());
  }

  private static Items receivers(Value value, int line) throws AlloyError {
    if (!(value instanceof Items items)) {
      throw new AlloyError(line, "must be a list of receivers, but is " + value.describe());
    }
    for (Item item : items.items()) {
      if (!(item.value() instanceof Reference reference)
          || !reference.path().endsWith(".receiver")) {
        throw new AlloyError(
            item.line(), "a receiver is a reference, but here is " + item.value().describe());
      }
    }
    return items;
  }

  /** No references: an argument that takes them says so. */
  private static void plain(Value value, int line) throws AlloyError {
    if (value instanceof Reference reference) {
      throw new AlloyError(line, reference.path() + " is of no use here; write a value");
    }
    if (value instanceof Items items) {
      for (Item item : items.items()) {
        plain(item.value(), item.line());
      }
    } else if (value instanceof Entries entries) {
      for (Value.Entry entry : entries.entries()) {
        plain(entry.item().value(), entry.item().line());
      }
    }
  }
}
