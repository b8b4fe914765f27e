package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Entries;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * A function with its arguments.
 *
 * @param name as it is written
 */
record Call(String name, List<Value> arguments, int line) {
  /** Elements of a list that a function may make. */
  static final int MAX_ITEMS = 100_000;

  void takes(int least, int most) throws AlloyError {
    int count = arguments.size();
    if (count < least || count > most) {
      String range = least == most ? String.valueOf(least) : least + " to " + most;
      throw error(name + " takes " + range + " arguments, but has " + count);
    }
  }

  /** The only argument. */
  Value one() throws AlloyError {
    takes(1, 1);
    return arguments.get(0);
  }

  String plainOne() throws AlloyError {
    takes(1, 1);
    return plain(0);
  }

  String plain(int at) throws AlloyError {
    return Texts.plain(arguments.get(at), "an argument", line);
  }

  Text text(Value value) throws AlloyError {
    if (value instanceof Text text) {
      return text;
    }
    throw error("an argument must be a string, but is " + value.describe());
  }

  Items list(int at) throws AlloyError {
    Value value = arguments.get(at);
    if (value instanceof Items items) {
      return items;
    }
    throw error(
        value instanceof Value.Reference
            ? name
                + " works on what is written here, but what "
                + value.describe()
                + " finds is known while Stoker runs only; use discovery.relabel or"
                + " pyroscope.enrich for it"
            : name + " takes a list, but has " + value.describe());
  }

  List<Entries> objects(int at) throws AlloyError {
    List<Entries> objects = new ArrayList<>();
    for (Item item : list(at).items()) {
      if (!(item.value() instanceof Entries entries)) {
        throw error(name + " takes a list of objects, but has " + item.value().describe());
      }
      objects.add(entries);
    }
    return objects;
  }

  boolean bool(int at) throws AlloyError {
    if (arguments.get(at) instanceof Value.Bool bool) {
      return bool.value();
    }
    throw error("an argument must be true or false, but is " + arguments.get(at).describe());
  }

  Item item(Value value) {
    return new Item(value, List.of(), line);
  }

  /** Bounds a list while it is made. */
  void add(List<Item> items, Value value) throws AlloyError {
    items.add(item(value));
    if (items.size() > MAX_ITEMS) {
      throw error("makes a list of more than " + MAX_ITEMS + " elements");
    }
  }

  AlloyError error(String message) {
    return new AlloyError(line, message);
  }
}
