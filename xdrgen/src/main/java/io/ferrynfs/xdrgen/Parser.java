package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Arm;
import io.ferrynfs.xdrgen.Declaration.Constant;
import io.ferrynfs.xdrgen.Declaration.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A recursive-descent parser of one schema file. */
final class Parser {
  private static final Set<String> KEYWORDS =
      Set.of(
          "bulk",
          "case",
          "const",
          "default",
          "double",
          "enum",
          "float",
          "hyper",
          "int",
          "list",
          "opaque",
          "quadruple",
          "string",
          "struct",
          "switch",
          "typedef",
          "union",
          "unknown",
          "unsigned",
          "void");
  private static final Set<String> NOT_IN_THE_DIALECT = Set.of("float", "double", "quadruple");
  private static final Set<String> NAMED_ONLY = Set.of("struct", "union", "enum");

  private final List<Token> tokens;
  private int next;

  private Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * Returns the declarations of a schema in their order.
   *
   * @param file the path, for messages
   */
  static List<Declaration> parse(String file, String text) throws SchemaException {
    return new Parser(Lexer.tokens(file, text)).file();
  }

  private List<Declaration> file() throws SchemaException {
    var declarations = new ArrayList<Declaration>();
    while (peek().kind() != Token.Kind.END) {
      declarations.add(declaration());
    }
    return declarations;
  }

  private Declaration declaration() throws SchemaException {
    Token first = take();
    Declaration declaration =
        switch (first.text()) {
          case "const" -> constant(first.doc());
          case "typedef" -> typedef(first.doc());
          case "enum" -> enumeration(first.doc());
          case "struct" -> struct(first.doc());
          case "union" -> union(first.doc());
          default -> throw error("expected const, typedef, enum, struct or union", first);
        };
    expect(";");
    return declaration;
  }

  private Constant constant(String doc) throws SchemaException {
    Token name = name();
    expect("=");
    return new Constant(name.at(), doc, name.text(), value());
  }

  private Declaration typedef(String doc) throws SchemaException {
    Field field = field(doc);
    return new Declaration.Typedef(field.at(), doc, field.name(), field.type());
  }

  private Declaration enumeration(String doc) throws SchemaException {
    Token name = name();
    var constants = new ArrayList<Constant>();
    expect("{");
    do {
      constants.add(constant(peek().doc()));
    } while (takeIf(","));
    expect("}");
    return new Declaration.Enumeration(name.at(), doc, name.text(), constants);
  }

  private Declaration struct(String doc) throws SchemaException {
    Token name = name();
    var fields = new ArrayList<Field>();
    expect("{");
    while (!takeIf("}")) {
      fields.add(field(peek().doc()));
      expect(";");
    }
    if (fields.isEmpty()) {
      throw new SchemaException(name.at(), "struct " + name.text() + " has no fields");
    }
    return new Declaration.Struct(name.at(), doc, name.text(), fields);
  }

  private Declaration union(String doc) throws SchemaException {
    Token name = name();
    expect("switch");
    expect("(");
    TypeSyntax type = type();
    Token discriminant = name();
    var field = new Field(discriminant.at(), discriminant.doc(), discriminant.text(), type);
    expect(")");
    expect("{");
    var arms = new ArrayList<Arm>();
    while (!takeIf("}")) {
      arms.add(arm());
    }
    if (arms.isEmpty()) {
      throw new SchemaException(name.at(), "union " + name.text() + " has no arms");
    }
    return new Declaration.Union(name.at(), doc, name.text(), field, arms);
  }

  private Arm arm() throws SchemaException {
    Token first = peek();
    var labels = new ArrayList<Token>();
    if (takeIf("default")) {
      expect(":");
      if (takeIf("unknown")) {
        Token unknown = unknown();
        return new Arm(first.at(), first.doc(), labels, null, unknown);
      }
    } else {
      while (takeIf("case")) {
        labels.add(value());
        expect(":");
      }
      if (labels.isEmpty()) {
        throw error("expected case or default", first);
      }
    }
    @Nullable Field field = takeIf("void") ? null : field(peek().doc());
    expect(";");
    return new Arm(first.at(), first.doc(), labels, field, null);
  }

  private Token unknown() throws SchemaException {
    Token next = peek();
    if (next.is(";")) {
      throw error("expected the constant for unknown values, such as OP_ILLEGAL,", next);
    }
    Token unknown = name();
    expect(";");
    return unknown;
  }

  private Field field(String doc) throws SchemaException {
    Token first = peek();
    return switch (first.text()) {
      case "opaque", "string" -> {
        take();
        Token name = name();
        yield new Field(name.at(), doc, name.text(), opaque(first));
      }
      case "bulk" -> {
        take();
        expect("opaque");
        Token name = name();
        yield new Field(name.at(), doc, name.text(), new TypeSyntax.Bulk(first.at(), bound(name)));
      }
      case "list" -> linkedList(doc);
      default -> typedField(doc);
    };
  }

  private TypeSyntax opaque(Token keyword) throws SchemaException {
    Token name = tokens.get(next - 1);
    if (keyword.is("opaque") && takeIf("[")) {
      return new TypeSyntax.FixedOpaque(keyword.at(), closed("]"));
    }
    return new TypeSyntax.VariableOpaque(keyword.at(), bound(name));
  }

  private Field linkedList(String doc) throws SchemaException {
    Token first = take();
    expect("<");
    TypeSyntax item = type();
    expect(">");
    Token name = name();
    @Nullable Token bound = peek().is("<") ? bound(name) : null;
    var type = new TypeSyntax.LinkedList(first.at(), item, bound);
    return new Field(name.at(), doc, name.text(), type);
  }

  private Field typedField(String doc) throws SchemaException {
    TypeSyntax item = type();
    if (takeIf("*")) {
      Token name = name();
      return new Field(name.at(), doc, name.text(), new TypeSyntax.Optional(item.at(), item));
    }
    Token name = name();
    TypeSyntax type = item;
    if (takeIf("[")) {
      type = new TypeSyntax.FixedArray(item.at(), item, closed("]"));
    } else if (peek().is("<")) {
      type = new TypeSyntax.VariableArray(item.at(), item, bound(name));
    }
    return new Field(name.at(), doc, name.text(), type);
  }

  /** Parses a type specifier. Synonyms of a built-in type become one name. */
  private TypeSyntax type() throws SchemaException {
    Token first = take();
    if (NOT_IN_THE_DIALECT.contains(first.text())) {
      throw new SchemaException(first.at(), first.text() + " is not part of the dialect");
    }
    if (NAMED_ONLY.contains(first.text())) {
      throw new SchemaException(
          first.at(),
          "declare the type separately and refer to it by its name, without " + first.text());
    }
    String name =
        switch (first.text()) {
          case "int" -> "int32_t";
          case "hyper" -> "int64_t";
          case "unsigned" -> takeIf("hyper") ? "uint64_t" : unsignedInt();
          default -> plainName(first);
        };
    return new TypeSyntax.Name(first.at(), name);
  }

  private String unsignedInt() {
    takeIf("int");
    return "uint32_t";
  }

  private String plainName(Token token) throws SchemaException {
    if (token.kind() != Token.Kind.NAME || KEYWORDS.contains(token.text())) {
      throw error("expected a type", token);
    }
    return token.text();
  }

  private Token bound(Token of) throws SchemaException {
    expect("<");
    if (peek().is(">")) {
      throw new SchemaException(
          of.at(), of.text() + "<> has no bound, so a peer could send any length");
    }
    return closed(">");
  }

  private Token closed(String sign) throws SchemaException {
    Token value = value();
    expect(sign);
    return value;
  }

  private Token value() throws SchemaException {
    return peek().kind() == Token.Kind.NUMBER ? take() : name();
  }

  private Token name() throws SchemaException {
    Token token = take();
    if (token.kind() != Token.Kind.NAME || KEYWORDS.contains(token.text())) {
      throw error("expected a name", token);
    }
    return token;
  }

  private void expect(String text) throws SchemaException {
    Token token = take();
    if (!token.is(text)) {
      throw error("expected '" + text + "'", token);
    }
  }

  private boolean takeIf(String text) {
    boolean there = peek().is(text);
    if (there) {
      take();
    }
    return there;
  }

  private Token peek() {
    return tokens.get(next);
  }

  private Token take() {
    Token token = tokens.get(next);
    if (token.kind() != Token.Kind.END) {
      next++;
    }
    return token;
  }

  private static SchemaException error(String expected, Token found) {
    return new SchemaException(found.at(), expected + " but found " + found.shown());
  }
}
