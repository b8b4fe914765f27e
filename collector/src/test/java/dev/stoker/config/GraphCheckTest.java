package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
import dev.stoker.component.ComponentKind;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problem;
import dev.stoker.schema.Problems;
import dev.stoker.schema.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GraphCheckTest {
  private static final Export TARGETS = new Export("targets", Export.Type.TARGETS);
  private static final Place PLACE = new Place("a.conf", 1);

  private record Nothing() {}

  @Test
  void references_to_earlier_and_later_components_are_fine() {
    assertThat(messages(component("a"), component("b", "a", "c"), component("c", "a"))).isEmpty();
  }

  @Test
  void cycle_of_three_is_named_once() {
    assertThat(messages(component("a", "b"), component("b", "c"), component("c", "a")))
        .containsExactly(
            "components refer to each other in a cycle: k.n.a -> k.n.b -> k.n.c -> k.n.a; take one"
                + " of the references out");
  }

  @Test
  void component_that_leads_into_a_cycle_is_not_part_of_it() {
    assertThat(
            messages(
                component("in", "a"),
                component("a", "b"),
                component("b", "a", "out"),
                component("out")))
        .singleElement()
        .asString()
        .contains("cycle: k.n.a -> k.n.b -> k.n.a;");
  }

  @Test
  void two_cycles_are_both_named() {
    assertThat(messages(component("a", "a"), component("b", "c"), component("c", "b")))
        .hasSize(2)
        .anyMatch(message -> message.contains("k.n.a -> k.n.a;"))
        .anyMatch(message -> message.contains("k.n.b -> k.n.c -> k.n.b;"));
  }

  @Test
  void export_of_another_type_is_refused() {
    Component user =
        new Component(
            "k.n.user",
            kind(),
            List.of(new Reference("k.n.a", "targets", Export.Type.RECEIVER, PLACE, "x")),
            new Nothing(),
            PLACE);

    assertThat(messages(component("a"), user))
        .containsExactly("wants a receiver, but k.n.a exports targets");
  }

  @Test
  void long_chain_neither_overflows_the_stack_nor_is_a_cycle() {
    List<Component> chain = new ArrayList<>();
    chain.add(component("c0"));
    for (int i = 1; i < 50_000; i++) {
      chain.add(component("c" + i, "c" + (i - 1)));
    }

    assertThat(messages(chain.toArray(new Component[0]))).isEmpty();
  }

  private static Component component(String label, String... needs) {
    return new Component(
        "k.n." + label,
        kind(TARGETS),
        Stream.of(needs)
            .map(need -> new Reference("k.n." + need, "targets", Export.Type.TARGETS, PLACE, need))
            .toList(),
        new Nothing(),
        PLACE);
  }

  private static ComponentKind<Nothing> kind(Export... exports) {
    return new ComponentKind<>() {
      @Override
      public String name() {
        return "k.n";
      }

      @Override
      public List<Export> exports() {
        return List.of(exports);
      }

      @Override
      public Nothing read(String id, Args args) {
        return new Nothing();
      }

      @Override
      public Prepared prepare(Preparation<Nothing> preparation) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private static List<String> messages(Component... components) {
    Problems problems = new Problems();
    GraphCheck.check(List.of(components), problems);
    return problems.errors().stream().map(Problem::message).toList();
  }
}
