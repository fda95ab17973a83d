package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Definition;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The minimum sizes of encoded types. The reader checks a count against them before it allocates
 * memory. The computation visits every nested type, so it also detects recursion.
 */
final class Sizes {
  private static final int WORD = 4;

  private final Map<Definition, Shape> shapes;
  private final Map<Definition, Integer> known = new HashMap<>();
  private final Set<Definition> open = new LinkedHashSet<>();

  Sizes(Map<Definition, Shape> shapes) {
    this.shapes = shapes;
  }

  /** Checks that a definition does not contain itself. */
  void check(Definition definition) throws SchemaException {
    if (known.containsKey(definition)) {
      return;
    }
    if (!open.add(definition)) {
      throw new SchemaException(
          definition.at(),
          definition.name()
              + " contains itself, so a peer could nest it without a limit; for a chain use"
              + " list<>");
    }
    @Nullable Shape shape = shapes.get(definition);
    int bytesMin =
        switch (shape) {
          case null -> WORD;
          case Shape.Struct struct -> structBytesMin(struct);
          case Shape.Union union -> unionBytesMin(union);
        };
    open.remove(definition);
    known.put(definition, bytesMin);
  }

  private int structBytesMin(Shape.Struct struct) throws SchemaException {
    int sum = 0;
    for (Shape.Field field : struct.fields()) {
      checkWithin(field.type());
      sum += bytesMin(field.type());
    }
    return sum;
  }

  private int unionBytesMin(Shape.Union union) throws SchemaException {
    int least = Integer.MAX_VALUE;
    for (Shape.Arm arm : union.arms()) {
      Shape.Field field = arm.field();
      if (field != null) {
        checkWithin(field.type());
      }
      least = Math.min(least, field == null ? 0 : bytesMin(field.type()));
    }
    return WORD + least;
  }

  private void checkWithin(Type type) throws SchemaException {
    switch (type) {
      case Type.Named named -> check(named.definition());
      case Type.ListOf list -> checkWithin(list.item());
      case Type.Optional optional -> checkWithin(optional.item());
      case Type.Scalar s -> {}
      case Type.Bitmap b -> {}
      case Type.Bytes b -> {}
    }
  }

  /** Returns the minimum size of a type whose definitions are checked. */
  int bytesMin(Type type) {
    return switch (type) {
      case Type.Scalar scalar -> scalar == Type.Scalar.INT64 ? 2 * WORD : WORD;
      case Type.Bitmap bitmap -> WORD;
      case Type.Bytes bytes ->
          bytes.kind() == Type.BytesKind.FIXED ? padded(bytes.bound().value()) : WORD;
      case Type.Named named -> known.getOrDefault(named.definition(), WORD);
      case Type.ListOf list ->
          list.kind() == Type.ListKind.FIXED
              ? Math.multiplyExact((int) list.bound().value(), bytesMin(list.item()))
              : WORD;
      case Type.Optional optional -> WORD;
    };
  }

  private static int padded(long bytes) {
    return Math.toIntExact((bytes + 3) & ~3L);
  }
}
