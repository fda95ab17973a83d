package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Constant;
import io.ferrynfs.xdrgen.Declaration.Definition;
import io.ferrynfs.xdrgen.Declaration.Typedef;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All declarations of the schemas by name. All directories share one namespace. */
final class Symbols {
  /** The names of the runtime and of Java that the generated code uses. */
  private static final Set<String> TAKEN =
      Set.of(
          "Bitmap4",
          "IllegalArgumentException",
          "List",
          "Long",
          "Integer",
          "Boolean",
          "NullMarked",
          "Nullable",
          "Object",
          "Opaque",
          "Override",
          "Payload",
          "String",
          "XdrException",
          "XdrReader",
          "XdrWriter");

  private static final Set<String> BUILT_IN =
      Set.of("bitmap4", "bool", "int32_t", "int64_t", "uint32_t", "uint64_t");

  private final Map<String, Declaration> types = new LinkedHashMap<>();
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final Map<Declaration, String> directories = new LinkedHashMap<>();
  private final Map<String, Position> javaNames = new HashMap<>();

  Symbols(List<SchemaFile> files) throws SchemaException {
    for (SchemaFile file : files) {
      javaNames.putIfAbsent(
          JavaNames.constants(file.directory()), new Position(file.directory() + "/", 1, 1));
    }
    for (SchemaFile file : files) {
      for (Declaration declaration : file.declarations()) {
        add(declaration, file.directory());
      }
    }
  }

  private void add(Declaration declaration, String directory) throws SchemaException {
    @Nullable Declaration earlier =
        declaration instanceof Constant constant
            ? constants.putIfAbsent(constant.name(), constant)
            : types.putIfAbsent(declaration.name(), declaration);
    if (earlier != null) {
      throw new SchemaException(
          declaration.at(), declaration.name() + " is already declared at " + earlier.at());
    }
    if (BUILT_IN.contains(declaration.name())) {
      throw new SchemaException(declaration.at(), declaration.name() + " is a built-in type");
    }
    if (declaration instanceof Definition) {
      claimJavaName(declaration);
    }
    directories.put(declaration, directory);
  }

  private void claimJavaName(Declaration declaration) throws SchemaException {
    String name = JavaNames.type(declaration.name());
    @Nullable Position earlier = javaNames.putIfAbsent(name, declaration.at());
    if (earlier != null) {
      throw new SchemaException(
          declaration.at(),
          declaration.name() + " has the Java name " + name + " of the declaration at " + earlier);
    }
    if (TAKEN.contains(name)) {
      throw new SchemaException(
          declaration.at(),
          declaration.name() + " has the Java name " + name + ", which is reserved");
    }
  }

  /** Returns the directory of a declaration. */
  String directory(Declaration declaration) {
    return Objects.requireNonNull(directories.get(declaration), declaration.name());
  }

  /** Returns the directories, in the order of their first files. */
  List<String> directories() {
    return directories.values().stream().distinct().toList();
  }

  /** Returns the declarations that become Java types, in the order of the files. */
  List<Definition> definitions() {
    return directories.keySet().stream()
        .filter(Definition.class::isInstance)
        .map(Definition.class::cast)
        .toList();
  }

  /** Returns the consts of a directory, in the order of its files. */
  List<Constant> constants(String directory) {
    return constants.values().stream()
        .filter(constant -> directory.equals(directories.get(constant)))
        .toList();
  }

  /** Returns the typedefs, in the order of the files. */
  List<Typedef> typedefs() {
    return types.values().stream()
        .filter(Typedef.class::isInstance)
        .map(Typedef.class::cast)
        .toList();
  }

  /** Returns the declaration of a type. */
  Declaration type(Position at, String name) throws SchemaException {
    @Nullable Declaration found = types.get(name);
    if (found == null) {
      throw new SchemaException(at, "type " + name + " is not declared");
    }
    return found;
  }

  /** Returns the const with a name. */
  Constant constant(Token name) throws SchemaException {
    @Nullable Constant found = constants.get(name.text());
    if (found == null) {
      throw new SchemaException(name.at(), "const " + name.text() + " is not declared");
    }
    return found;
  }
}
