package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Entries;
import dev.stoker.alloy.syntax.Value.Entry;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The functions of <code>array</code>. */
final class Lists {
  /** Comparisons of one call. */
  private static final long MAX_PAIRS = 1_000_000;

  static Items concat(Call call) throws AlloyError {
    List<Item> items = new ArrayList<>();
    for (Value argument : call.arguments()) {
      if (argument instanceof Items list) {
        items.addAll(list.items());
      } else if (argument instanceof Value.Reference) {
        items.add(call.item(argument));
      } else {
        throw call.error("concat takes lists, but has " + argument.describe());
      }
      if (items.size() > Call.MAX_ITEMS) {
        throw call.error("makes a list of more than " + Call.MAX_ITEMS + " elements");
      }
    }
    return new Items(items, List.of());
  }

  /** Every object of the first list with every one of the second that has the same keys. */
  static Items combineMaps(Call call) throws AlloyError {
    call.takes(3, 4);
    List<Entries> left = call.objects(0);
    List<Entries> right = call.objects(1);
    List<String> keys = new ArrayList<>();
    for (Item key : call.list(2).items()) {
      keys.add(Texts.plain(key.value(), "a key", call.line()));
    }
    if (keys.isEmpty()) {
      throw call.error(call.name() + " takes at least one key");
    }
    boolean passes = call.arguments().size() == 4 && call.bool(3);
    if ((long) left.size() * right.size() * keys.size() > MAX_PAIRS) {
      throw call.error("compares more than " + MAX_PAIRS + " pairs; take shorter lists");
    }
    List<Item> items = new ArrayList<>();
    for (Entries some : left) {
      int before = items.size();
      for (Entries more : right) {
        if (match(some, more, keys)) {
          call.add(items, merged(some, more));
        }
      }
      if (passes && items.size() == before) {
        call.add(items, some);
      }
    }
    return new Items(items, List.of());
  }

  private static boolean match(Entries some, Entries more, List<String> keys) {
    for (String key : keys) {
      Value one = value(some, key);
      Value other = value(more, key);
      if (one == null || other == null || !Operators.same(one, other)) {
        return false;
      }
    }
    return true;
  }

  private static Entries merged(Entries some, Entries more) {
    Map<String, Entry> merged = new LinkedHashMap<>();
    some.entries().forEach(entry -> merged.put(entry.key(), entry));
    more.entries().forEach(entry -> merged.put(entry.key(), entry));
    return new Entries(List.copyOf(merged.values()), List.of());
  }

  static @Nullable Value value(Entries entries, String key) {
    return entries.entries().stream()
        .filter(entry -> entry.key().equals(key))
        .map(entry -> entry.item().value())
        .findFirst()
        .orElse(null);
  }

  /** Groups in the order in which their first elements come. */
  static Items groupBy(Call call) throws AlloyError {
    call.takes(3, 3);
    String key = call.plain(1);
    boolean drops = call.bool(2);
    Map<String, List<Item>> groups = new LinkedHashMap<>();
    for (Entries each : call.objects(0)) {
      Value value = value(each, key);
      if (value != null || !drops) {
        String group = value == null ? "" : Texts.plain(value, "what is grouped by", call.line());
        groups.computeIfAbsent(group, name -> new ArrayList<>()).add(call.item(each));
      }
    }
    List<Item> items = new ArrayList<>();
    for (String group : groups.keySet()) {
      List<Item> members = Objects.requireNonNull(groups.get(group));
      List<Entry> entries = new ArrayList<>();
      entries.add(new Entry(key, call.item(Text.of(group))));
      entries.add(new Entry("items", call.item(new Items(members, List.of()))));
      call.add(items, new Entries(entries, List.of()));
    }
    return new Items(items, List.of());
  }

  private Lists() {}
}
