package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Constant;
import io.ferrynfs.xdrgen.Declaration.Enumeration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Resolves the cases of unions and names their arms. */
final class Unions {
  private final Symbols symbols;
  private final Values values;
  private final Types types;

  Unions(Symbols symbols, Values values, Types types) {
    this.symbols = symbols;
    this.values = values;
    this.types = types;
  }

  /** Returns the resolved union. */
  Shape.Union shape(Declaration.Union union) throws SchemaException {
    Shape.Field discriminant = types.field(union.discriminant());
    if (!isDiscriminant(discriminant.type())) {
      throw new SchemaException(
          discriminant.at(),
          "the discriminant of a union must be an enum, a bool or a 32-bit integer");
    }
    List<String> siblings = siblings(discriminant.type(), union);
    String prefix = siblings.isEmpty() ? "" : JavaNames.labelPrefix(siblings);
    var arms = new ArrayList<Shape.Arm>();
    for (Declaration.Arm arm : union.arms()) {
      arms.add(arm(arm, discriminant, prefix));
    }
    check(union, discriminant, arms);
    return new Shape.Union(discriminant, arms);
  }

  private static boolean isDiscriminant(Type type) {
    return (type instanceof Type.Named named && named.definition() instanceof Enumeration)
        || (type instanceof Type.Scalar && type != Type.Scalar.INT64);
  }

  /** Returns the labels whose common prefix the names of the arms omit. */
  private static List<String> siblings(Type discriminant, Declaration.Union union) {
    if (discriminant instanceof Type.Named named) {
      var enumeration = (Enumeration) named.definition();
      return enumeration.constants().stream().map(Constant::name).toList();
    }
    return union.arms().stream().flatMap(arm -> arm.labels().stream()).map(Token::text).toList();
  }

  private Shape.Arm arm(Declaration.Arm arm, Shape.Field discriminant, String prefix)
      throws SchemaException {
    var labels = new ArrayList<Shape.Label>();
    for (Token label : arm.labels()) {
      labels.add(label(label, discriminant.type()));
    }
    Declaration.@Nullable Field field = arm.field();
    Shape.@Nullable Field resolved = field == null ? null : types.field(field);
    @Nullable String unknown = unknown(arm, discriminant.type());
    String name = name(arm, labels, discriminant, prefix);
    return new Shape.Arm(arm.at(), name, arm.doc(), labels, resolved, unknown);
  }

  private static String name(
      Declaration.Arm arm, List<Shape.Label> labels, Shape.Field discriminant, String prefix) {
    if (arm.unknown() != null) {
      return "Unknown";
    }
    if (arm.isDefault()) {
      return discriminant.name().equals("status") ? "Failed" : "Other";
    }
    return labels.stream()
        .map(label -> JavaNames.arm(label.text(), prefix))
        .collect(Collectors.joining("Or"));
  }

  private Shape.Label label(Token label, Type discriminant) throws SchemaException {
    if (discriminant instanceof Type.Named named) {
      Constant constant = constant((Enumeration) named.definition(), label);
      return new Shape.Label(label.text(), values.ofEnumeration(constant), null);
    }
    if (discriminant == Type.Scalar.BOOL) {
      return switch (label.text()) {
        case "TRUE" -> new Shape.Label("TRUE", 1, null);
        case "FALSE" -> new Shape.Label("FALSE", 0, null);
        default -> throw new SchemaException(label.at(), "a case of a bool must be TRUE or FALSE");
      };
    }
    boolean named = label.kind() == Token.Kind.NAME;
    long value = values.of(label);
    long fits = discriminant == Type.Scalar.INT ? (int) value : value & 0xffffffffL;
    if (value != fits) {
      throw new SchemaException(
          label.at(), label.text() + " is outside the range of the discriminant");
    }
    return new Shape.Label(label.text(), value, named ? symbols.constant(label) : null);
  }

  private static Constant constant(Enumeration enumeration, Token label) throws SchemaException {
    for (Constant constant : enumeration.constants()) {
      if (constant.name().equals(label.text())) {
        return constant;
      }
    }
    throw new SchemaException(
        label.at(), "enum " + enumeration.name() + " has no constant " + label.text());
  }

  private static @Nullable String unknown(Declaration.Arm arm, Type discriminant)
      throws SchemaException {
    Token unknown = arm.unknown();
    if (unknown == null) {
      return null;
    }
    if (discriminant instanceof Type.Named named) {
      return constant((Enumeration) named.definition(), unknown).name();
    }
    throw new SchemaException(unknown.at(), "only an enum can have unknown values");
  }

  private static void check(Declaration.Union union, Shape.Field discriminant, List<Shape.Arm> arms)
      throws SchemaException {
    Set<Long> seen = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (Shape.Arm arm : arms) {
      for (Shape.Label label : arm.labels()) {
        if (!seen.add(label.value())) {
          throw new SchemaException(arm.at(), "duplicate arm for " + label.text());
        }
      }
      if (!names.add(arm.name())) {
        throw new SchemaException(arm.at(), "two arms have the Java name " + arm.name());
      }
      if (arm.labels().isEmpty() && !arm.equals(arms.getLast())) {
        throw new SchemaException(arm.at(), "default must be the last arm");
      }
      checkField(arm, discriminant);
    }
    boolean bool = discriminant.type() == Type.Scalar.BOOL;
    if (bool && (seen.size() != 2 || arms.size() != 2)) {
      throw new SchemaException(
          union.at(), "a union over a bool must have the arms TRUE and FALSE");
    }
  }

  private static void checkField(Shape.Arm arm, Shape.Field discriminant) throws SchemaException {
    Shape.Field field = arm.field();
    if (field == null) {
      return;
    }
    if (field.name().equals(discriminant.name())) {
      throw new SchemaException(field.at(), field.name() + " is also the name of the discriminant");
    }
    Type type = field.type() instanceof Type.ListOf list ? list.item() : field.type();
    if (type instanceof Type.Named named
        && JavaNames.type(named.definition().name()).equals(arm.name())) {
      throw new SchemaException(arm.at(), "the arm " + arm.name() + " hides the type of its body");
    }
  }
}
