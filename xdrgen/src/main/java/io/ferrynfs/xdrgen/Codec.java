package io.ferrynfs.xdrgen;

import java.util.Locale;

/** Renders Java types and the expressions that read and write them, for one file. */
final class Codec {
  private static final String RUNTIME = "io.ferrynfs.wire.xdr";

  private final JavaFile file;
  private final Schema schema;
  private final Packages packages;

  Codec(JavaFile file, Schema schema, Packages packages) {
    this.file = file;
    this.schema = schema;
    this.packages = packages;
  }

  /** Returns the simple name of a class of the runtime, and imports it. */
  String runtime(String type) {
    return file.use(RUNTIME, type);
  }

  /** Returns the simple name of a declared type, and imports it. */
  String named(Declaration.Definition definition) {
    return file.use(packages.of(definition), JavaNames.type(definition.name()));
  }

  /** Returns a qualified const, and imports its class. */
  String constant(Declaration.Constant constant) {
    String directory = schema.symbols().directory(constant);
    String type = file.use(packages.of(directory), JavaNames.constants(directory));
    return type + "." + constant.name();
  }

  /** Returns a size or a bound in the form of the schema: the const or the number. */
  String bound(Type.Bound bound) {
    Declaration.Constant constant = bound.constant();
    return constant == null ? Long.toString(bound.value()) : constant(constant);
  }

  /** Returns the type of a component, with its annotation. */
  String component(Type type) {
    return switch (type) {
      case Type.Optional optional ->
          "@" + file.use("org.jspecify.annotations.Nullable") + " " + boxed(optional.item());
      case Type.ListOf list -> file.use("java.util.List") + "<" + boxed(list.item()) + ">";
      case Type.Scalar scalar -> primitive(scalar);
      default -> boxed(type);
    };
  }

  private static String primitive(Type.Scalar scalar) {
    return switch (scalar) {
      case INT -> "int";
      case UINT32, INT64 -> "long";
      case BOOL -> "boolean";
    };
  }

  private String boxed(Type type) {
    return switch (type) {
      case Type.Scalar scalar ->
          switch (scalar) {
            case INT -> "Integer";
            case UINT32, INT64 -> "Long";
            case BOOL -> "Boolean";
          };
      case Type.Bitmap bitmap -> runtime("Bitmap4");
      case Type.Bytes bytes -> runtime(bytes.kind() == Type.BytesKind.BULK ? "Payload" : "Opaque");
      case Type.Named named -> named(named.definition());
      case Type.ListOf list -> throw nested(list);
      case Type.Optional optional -> throw nested(optional);
    };
  }

  /** Returns the expression that reads a value from {@code in}. */
  String decode(Type type) {
    return switch (type) {
      case Type.Optional optional -> "in.readOptional(" + decoder(optional.item()) + ")";
      case Type.ListOf list -> decodeList(list);
      default -> decodeFrom("in", type);
    };
  }

  private String decodeList(Type.ListOf list) {
    String bound = bound(list.bound());
    String decoder = decoder(list.item());
    int itemBytesMin = schema.bytesMin(list.item());
    return switch (list.kind()) {
      case VARIABLE -> "in.readList(" + bound + ", " + itemBytesMin + ", " + decoder + ")";
      case FIXED -> "in.readFixedList(" + bound + ", " + itemBytesMin + ", " + decoder + ")";
      case LINKED -> "in.readLinkedList(" + bound + ", " + decoder + ")";
    };
  }

  private String decodeFrom(String reader, Type type) {
    return switch (type) {
      case Type.Scalar scalar -> reader + ".read" + method(scalar) + "()";
      case Type.Bytes bytes -> reader + ".read" + method(bytes) + "(" + bound(bytes.bound()) + ")";
      default -> boxed(type) + ".decode(" + reader + ")";
    };
  }

  /** Returns the function that reads one item. */
  String decoder(Type item) {
    return switch (item) {
      case Type.Scalar scalar -> runtime("XdrReader") + "::read" + method(scalar);
      case Type.Bytes bytes -> "from -> " + decodeFrom("from", bytes);
      default -> boxed(item) + "::decode";
    };
  }

  /** Returns the statement that writes a value to {@code out}. */
  String encode(Type type, String value) {
    return switch (type) {
      case Type.Optional optional ->
          "out.writeOptional(" + value + ", " + encoder(optional.item()) + ");";
      case Type.ListOf list -> {
        String kind = list.kind() == Type.ListKind.VARIABLE ? "" : capitalised(list.kind());
        String bound = bound(list.bound());
        String encoder = encoder(list.item());
        yield "out.write" + kind + "List(" + value + ", " + bound + ", " + encoder + ");";
      }
      default -> encodeTo("out", type, value) + ";";
    };
  }

  private String encodeTo(String writer, Type type, String value) {
    return switch (type) {
      case Type.Scalar scalar -> writer + ".write" + method(scalar) + "(" + value + ")";
      case Type.Bytes bytes -> {
        String bound = bound(bytes.bound());
        yield writer + ".write" + method(bytes) + "(" + value + ", " + bound + ")";
      }
      default -> value + ".encode(" + writer + ")";
    };
  }

  /** Returns the function that writes one item. */
  String encoder(Type item) {
    return switch (item) {
      case Type.Scalar scalar -> "(item, to) -> " + encodeTo("to", scalar, "item");
      case Type.Bytes bytes -> "(item, to) -> " + encodeTo("to", bytes, "item");
      default -> boxed(item) + "::encode";
    };
  }

  private static String method(Type.Scalar scalar) {
    return switch (scalar) {
      case INT -> "Int";
      case UINT32 -> "Uint32";
      case INT64 -> "Long";
      case BOOL -> "Boolean";
    };
  }

  private static String method(Type.Bytes bytes) {
    return switch (bytes.kind()) {
      case FIXED -> "FixedOpaque";
      case VARIABLE -> "Opaque";
      case BULK -> "Payload";
    };
  }

  private static String capitalised(Enum<?> constant) {
    String name = constant.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static IllegalStateException nested(Type type) {
    return new IllegalStateException("unexpected type of an item: " + type);
  }
}
