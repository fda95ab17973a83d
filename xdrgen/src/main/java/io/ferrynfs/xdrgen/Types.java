package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Definition;
import io.ferrynfs.xdrgen.Declaration.Typedef;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Resolves the types of fields. */
final class Types {
  /** The maximum number of items of a linked list without a bound in the schema. */
  static final long LINKED_LIST_ITEMS_MAX = 65_536;

  private final Symbols symbols;
  private final Values values;

  /** The typedefs that are being resolved, to detect recursion. */
  private final Set<String> open = new HashSet<>();

  Types(Symbols symbols, Values values) {
    this.symbols = symbols;
    this.values = values;
  }

  /** Returns the field with its Java name. */
  Shape.Field field(Declaration.Field field) throws SchemaException {
    return new Shape.Field(
        field.at(), JavaNames.field(field.name()), field.doc(), of(field.type()));
  }

  /** Returns the resolved type. */
  Type of(TypeSyntax syntax) throws SchemaException {
    return switch (syntax) {
      case TypeSyntax.Name name -> named(name);
      case TypeSyntax.FixedOpaque x -> new Type.Bytes(Type.BytesKind.FIXED, values.bound(x.size()));
      case TypeSyntax.VariableOpaque x ->
          new Type.Bytes(Type.BytesKind.VARIABLE, values.bound(x.bound()));
      case TypeSyntax.Bulk x -> new Type.Bytes(Type.BytesKind.BULK, values.bound(x.bound()));
      case TypeSyntax.FixedArray x ->
          new Type.ListOf(Type.ListKind.FIXED, item(x.item()), values.bound(x.size()));
      case TypeSyntax.VariableArray x -> variable(x);
      case TypeSyntax.LinkedList x ->
          new Type.ListOf(Type.ListKind.LINKED, item(x.item()), linkedBound(x.bound()));
      case TypeSyntax.Optional x -> new Type.Optional(item(x.item()));
    };
  }

  private Type variable(TypeSyntax.VariableArray array) throws SchemaException {
    Type item = item(array.item());
    Type.Bound bound = values.bound(array.bound());
    return bound.value() == 1
        ? new Type.Optional(item)
        : new Type.ListOf(Type.ListKind.VARIABLE, item, bound);
  }

  private Type.Bound linkedBound(@Nullable Token bound) throws SchemaException {
    return bound == null ? new Type.Bound(LINKED_LIST_ITEMS_MAX, null) : values.bound(bound);
  }

  private Type item(TypeSyntax syntax) throws SchemaException {
    Type item = of(syntax);
    if (item instanceof Type.ListOf || item instanceof Type.Optional) {
      throw new SchemaException(
          syntax.at(), "lists and optionals cannot be nested: wrap the inner one in a struct");
    }
    return item;
  }

  private Type named(TypeSyntax.Name name) throws SchemaException {
    return switch (name.name()) {
      case "int32_t" -> Type.Scalar.INT;
      case "uint32_t" -> Type.Scalar.UINT32;
      case "int64_t", "uint64_t" -> Type.Scalar.INT64;
      case "bool" -> Type.Scalar.BOOL;
      case "bitmap4" -> new Type.Bitmap();
      default -> declared(name);
    };
  }

  private Type declared(TypeSyntax.Name name) throws SchemaException {
    return switch (symbols.type(name.at(), name.name())) {
      case Definition definition -> new Type.Named(definition);
      case Typedef typedef -> {
        if (!open.add(typedef.name())) {
          throw new SchemaException(
              typedef.at(), typedef.name() + " is defined in terms of itself");
        }
        Type type = of(typedef.type());
        open.remove(typedef.name());
        yield type;
      }
      case Declaration.Constant constant ->
          throw new SchemaException(name.at(), constant.name() + " is a const and not a type");
    };
  }
}
