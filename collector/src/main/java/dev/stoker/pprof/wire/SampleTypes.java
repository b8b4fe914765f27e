package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The columns of a profile's values.
 *
 * @param names type and unit of each, which must stay the same for values to be comparable
 * @param column index among the cumulative ones, −1 for a momentary one
 */
public record SampleTypes(List<String> names, int[] column, int cumulative) {
  public static SampleTypes read(ProfileIndex index, Set<String> cumulativeNames)
      throws MalformedProfileException {
    int count = index.typeStart.size;
    if (count > 64) {
      throw Cursor.malformed("it has " + count + " sample types");
    }
    List<String> names = new ArrayList<>(count);
    int[] column = new int[count];
    int cumulative = 0;
    Cursor cursor = new Cursor();
    for (int i = 0; i < count; i++) {
      String type = "";
      String unit = "";
      cursor.over(index.data, index.typeStart.at[i], index.typeEnd.at[i]);
      while (cursor.next()) {
        switch (cursor.field()) {
          case 1 -> type = index.string(index.stringIndex(cursor.value()));
          case 2 -> unit = index.string(index.stringIndex(cursor.value()));
          default -> cursor.skip();
        }
      }
      names.add(type + "/" + unit);
      column[i] = cumulativeNames.contains(type) ? cumulative++ : -1;
    }
    return new SampleTypes(List.copyOf(names), column, cumulative);
  }

  /** Type name of a column, without its unit. */
  String type(int column) {
    String name = names.get(column);
    return name.substring(0, name.lastIndexOf('/'));
  }

  public int size() {
    return column.length;
  }
}
