package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Definition;
import io.ferrynfs.xdrgen.Declaration.Enumeration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All schemas, with resolved names and checked against the rules of the dialect. */
final class Schema {
  private final Symbols symbols;
  private final Values values;
  private final Types types;
  private final Map<Definition, Shape> shapes = new LinkedHashMap<>();
  private final Sizes sizes;

  private Schema(Symbols symbols) {
    this.symbols = symbols;
    this.values = new Values(symbols);
    this.types = new Types(symbols, values);
    this.sizes = new Sizes(shapes);
  }

  /** Resolves and checks all files together. */
  static Schema of(List<SchemaFile> files) throws SchemaException {
    var schema = new Schema(new Symbols(files));
    schema.check();
    return schema;
  }

  private void check() throws SchemaException {
    for (String directory : symbols.directories()) {
      for (Declaration.Constant constant : symbols.constants(directory)) {
        values.of(constant.value());
      }
    }
    for (Declaration.Typedef typedef : symbols.typedefs()) {
      types.of(typedef.type());
    }
    for (Definition definition : symbols.definitions()) {
      switch (definition) {
        case Enumeration enumeration -> checkEnumeration(enumeration);
        case Declaration.Struct struct -> shapes.put(struct, struct(struct));
        case Declaration.Union union ->
            shapes.put(union, new Unions(symbols, values, types).shape(union));
      }
    }
    for (Definition definition : symbols.definitions()) {
      sizes.check(definition);
    }
  }

  private void checkEnumeration(Enumeration enumeration) throws SchemaException {
    Set<String> names = new HashSet<>();
    Map<Integer, String> byValue = new HashMap<>();
    for (Declaration.Constant constant : enumeration.constants()) {
      if (!names.add(constant.name())) {
        throw new SchemaException(constant.at(), constant.name() + " is declared twice");
      }
      String earlier = byValue.put(values.ofEnumeration(constant), constant.name());
      if (earlier != null) {
        throw new SchemaException(
            constant.at(), constant.name() + " has the same value as " + earlier);
      }
    }
  }

  private Shape struct(Declaration.Struct struct) throws SchemaException {
    Set<String> names = new HashSet<>();
    var fields = new ArrayList<Shape.Field>();
    for (Declaration.Field field : struct.fields()) {
      Shape.Field resolved = types.field(field);
      if (!names.add(resolved.name())) {
        throw new SchemaException(field.at(), "two fields have the Java name " + resolved.name());
      }
      fields.add(resolved);
    }
    return new Shape.Struct(fields);
  }

  /** Returns the declarations by name. */
  Symbols symbols() {
    return symbols;
  }

  /** Returns the values of numbers and consts. */
  Values values() {
    return values;
  }

  /** Returns the minimum size of an encoded value of a type, in bytes. */
  int bytesMin(Type type) {
    return sizes.bytesMin(type);
  }

  /** Returns the components of a struct. */
  Shape.Struct shape(Declaration.Struct struct) {
    return (Shape.Struct) Objects.requireNonNull(shapes.get(struct));
  }

  /** Returns the arms of a union. */
  Shape.Union shape(Declaration.Union union) {
    return (Shape.Union) Objects.requireNonNull(shapes.get(union));
  }

  /**
   * Returns the type of a definition's accessor {@code status()}, or null if it has none. The
   * accessor of a struct is a field. That of a union is its discriminant, or the accessor that the
   * bodies of all arms have.
   */
  @Nullable Type status(Definition definition) {
    return switch (definition) {
      case Enumeration e -> null;
      case Declaration.Struct struct ->
          shape(struct).fields().stream()
              .filter(field -> field.name().equals("status"))
              .map(Shape.Field::type)
              .findFirst()
              .orElse(null);
      case Declaration.Union union -> status(shape(union));
    };
  }

  private @Nullable Type status(Shape.Union union) {
    return union.discriminant().name().equals("status")
        ? union.discriminant().type()
        : statusOfArms(union);
  }

  /**
   * Returns the type of {@code status()} that the bodies of all arms have, or null if they differ.
   */
  @Nullable Type statusOfArms(Shape.Union union) {
    Set<@Nullable Type> found = new HashSet<>();
    for (Shape.Arm arm : union.arms()) {
      Shape.Field field = arm.field();
      found.add(
          field != null && field.type() instanceof Type.Named named
              ? status(named.definition())
              : null);
    }
    return found.size() == 1 ? found.iterator().next() : null;
  }
}
