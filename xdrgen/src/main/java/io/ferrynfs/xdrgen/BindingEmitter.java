package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Definition;
import io.ferrynfs.xdrgen.Declaration.Enumeration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Emits the binding of operation numbers to the types of their arguments and results. There is a
 * class for each pair of unions over one enumeration, one with the arguments and one with the
 * results.
 */
final class BindingEmitter {
  private final Schema schema;

  BindingEmitter(Schema schema) {
    this.schema = schema;
  }

  /**
   * A union of arguments and a union of results over one enumeration.
   *
   * @param operations the enumeration of the numbers
   * @param arguments the union of the arguments
   * @param results the union of the results
   */
  record Pair(Enumeration operations, Declaration.Union arguments, Declaration.Union results) {
    String className() {
      return JavaNames.type(operations.name()) + "Binding";
    }
  }

  /** Returns the pairs of the schema. */
  List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (Definition results : schema.symbols().definitions()) {
      Enumeration operations = operations(results);
      if (operations == null || schema.statusOfArms(shape(results)) == null) {
        continue;
      }
      for (Definition arguments : schema.symbols().definitions()) {
        if (operations.equals(operations(arguments))
            && schema.statusOfArms(shape(arguments)) == null) {
          pairs.add(
              new Pair(operations, (Declaration.Union) arguments, (Declaration.Union) results));
        }
      }
    }
    return pairs;
  }

  private Shape.Union shape(Definition union) {
    return schema.shape((Declaration.Union) union);
  }

  /** Returns the enumeration that a union switches on. */
  private @Nullable Enumeration operations(Definition definition) {
    return definition instanceof Declaration.Union union
            && schema.shape(union).discriminant().type() instanceof Type.Named named
            && named.definition() instanceof Enumeration enumeration
        ? enumeration
        : null;
  }

  /** Writes the class of a pair. */
  void emit(Pair pair, JavaFile file, Codec codec) {
    String name = pair.className();
    String number = codec.named(pair.operations());
    String arguments = codec.named(pair.arguments());
    String results = codec.named(pair.results());
    String function = file.use("java.util.function.Function");
    file.doc(
        List.of(
            "An operation with the types of its arguments and results.",
            "@param number the operation's number",
            "@param args returns the arguments of an arm, or the arm if it has none",
            "@param result wraps a result in its arm"));
    file.openList(
        "public record " + name + "<A, R>(",
        List.of(
            number + " number",
            function + "<" + arguments + ", A> args",
            function + "<R, " + results + "> result"),
        ")");
    List<String> labels =
        pair.operations().constants().stream().map(Declaration.Constant::name).toList();
    String prefix = JavaNames.labelPrefix(labels);
    boolean isFirst = true;
    for (Shape.Arm result : schema.shape(pair.results()).arms()) {
      Shape.Arm argument = argument(pair, result);
      Shape.Field body = result.field();
      if (argument != null && body != null) {
        if (!isFirst) {
          file.line("");
        }
        isFirst = false;
        String label = result.labels().getFirst().text();
        file.doc(List.of("{@code " + label + "}."));
        constant(pair, file, codec, label.substring(prefix.length()), argument, result);
      }
    }
    file.close();
  }

  private static void constant(
      Pair pair, JavaFile file, Codec codec, String name, Shape.Arm argument, Shape.Arm result) {
    String arm = codec.named(pair.arguments()) + "." + argument.name();
    Shape.Field args = argument.field();
    Shape.Field body = result.field();
    if (body == null) {
      throw new IllegalStateException(result.name() + " has no result");
    }
    String type = args == null ? arm : codec.component(args.type());
    String binding = pair.className();
    file.line(
        "public static final "
            + binding
            + "<"
            + type
            + ", "
            + codec.component(body.type())
            + "> "
            + name
            + " =");
    file.line("    new " + binding + "<>(");
    file.line(
        "        "
            + codec.named(pair.operations())
            + "."
            + result.labels().getFirst().text()
            + ",");
    String take = "(" + arm + ") arm";
    file.line(
        "        arm -> " + (args == null ? take : "(" + take + ")." + args.name() + "()") + ",");
    file.line("        " + codec.named(pair.results()) + "." + result.name() + "::new);");
  }

  /** Returns the arm of the arguments for an arm of results, if both are of one operation. */
  private Shape.@Nullable Arm argument(Pair pair, Shape.Arm result) {
    if (result.labels().size() != 1) {
      return null;
    }
    return schema.shape(pair.arguments()).arms().stream()
        .filter(arm -> arm.labels().equals(result.labels()))
        .findFirst()
        .orElse(null);
  }
}
