package io.ferrynfs.xdrgen;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks the messages about invalid schemas and their positions. */
class SchemaErrorsTest {
  private static void fails(String text, String message) {
    fails(Map.of("p/a.x", text), message);
  }

  private static void fails(Map<String, String> texts, String message) {
    assertThatExceptionOfType(SchemaException.class)
        .isThrownBy(() -> Main.schema(new TreeMap<>(texts)))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "struct a { int x<>; };|x<> has no bound, so a peer could send any length",
        "struct a { opaque x<>; };|x<> has no bound, so a peer could send any length",
        "struct a { string x<>; };|x<> has no bound, so a peer could send any length",
        "typedef int  a<>; const A = 1;|a<> has no bound, so a peer could send any length"
      })
  void arrayWithoutABoundFails(String text, String message) {
    int column = text.indexOf(message.charAt(0) + "<>") + 1;
    fails(text, "p/a.x:1:" + column + ": " + message);
  }

  @Test
  void invalidBoundFails() {
    fails(
        "struct a { int x<0>; };",
        "p/a.x:1:18: a size or bound must be from 1 to 2147483647, not 0");
    fails(
        "const N = 0xffffffff;\nstruct a { int x<N>; };",
        "p/a.x:2:18: a size or bound must be from 1 to 2147483647, not N");
    fails("struct a { int x<N>; };", "p/a.x:1:18: const N is not declared");
  }

  @Test
  void unexpectedTokenFails() {
    fails("struct a {\n  int x\n};", "p/a.x:3:1: expected ';' but found '}'");
    fails("struct a { int x;", "p/a.x:1:18: expected a type but found the end of the file");
    fails(
        "program P { };",
        "p/a.x:1:1: expected const, typedef, enum, struct or union but found 'program'");
    fails("struct a { };", "p/a.x:1:8: struct a has no fields");
    fails("struct a { int case; };", "p/a.x:1:16: expected a name but found 'case'");
    fails("struct a { double x; };", "p/a.x:1:12: double is not part of the dialect");
    fails(
        "struct a { struct b x; };",
        "p/a.x:1:12: declare the type separately and refer to it by its name, without struct");
    fails("% pass through", "p/a.x:1:1: unexpected character '%'");
    fails("/* no end", "p/a.x:1:1: unterminated comment");
    fails("const A = 08;", "p/a.x:1:11: 08 is not a 64-bit number");
  }

  @Test
  void undeclaredOrDuplicateNameFails() {
    fails("struct a { b x; };", "p/a.x:1:12: type b is not declared");
    fails(
        "struct a { int x; };\nenum a { A = 1 };", "p/a.x:2:6: a is already declared at p/a.x:1:8");
    fails(
        Map.of("p/a.x", "struct a_b { int x; };", "q/b.x", "struct A_B { int x; };"),
        "q/b.x:1:8: A_B has the Java name AB of the declaration at p/a.x:1:8");
    fails(
        "struct opaque_ { int x; };",
        "p/a.x:1:8: opaque_ has the Java name Opaque, which is reserved");
    fails("typedef int bool;", "p/a.x:1:13: bool is a built-in type");
    fails("struct a { int x_y; int xY; };", "p/a.x:1:25: two fields have the Java name xY");
    fails("enum e { A = 1, B = 1 };", "p/a.x:1:17: B has the same value as A");
    fails("enum e { A = 1, A = 2 };", "p/a.x:1:17: A is declared twice");
    fails("enum e { A = 4294967295 };", "p/a.x:1:10: A does not fit a signed 32-bit integer");
    fails("const A = B; const B = A;", "p/a.x:1:11: B is defined in terms of itself");
    fails("typedef b a; typedef a b;", "p/a.x:1:24: b is defined in terms of itself");
  }

  @Test
  void recursiveOrNestedListTypeFails() {
    fails(
        "struct a { a *next; };",
        "p/a.x:1:8: a contains itself, so a peer could nest it without a limit; for a chain use"
            + " list<>");
    fails(
        "struct a { b x<2>; };\nstruct b { list<a> y; };",
        "p/a.x:1:8: a contains itself, so a peer could nest it without a limit; for a chain use"
            + " list<>");
    fails(
        "typedef int row<3>; struct a { row x<3>; };",
        "p/a.x:1:32: lists and optionals cannot be nested: wrap the inner one in a struct");
  }

  @Test
  void inconsistentUnionFails() {
    String e = "enum e { A = 1, B = 2 };\n";
    fails(
        e + "union u switch (hyper x) { default: void; };",
        "p/a.x:2:23: the discriminant of a union must be an enum, a bool or a 32-bit integer");
    fails(e + "union u switch (e x) { case C: void; };", "p/a.x:2:29: enum e has no constant C");
    fails(
        e + "union u switch (e x) { case A: void; case A: int y; };",
        "p/a.x:2:38: duplicate arm for A");
    fails(
        e + "union u switch (e x) { default: void; case A: void; };",
        "p/a.x:2:24: default must be the last arm");
    fails(
        e + "union u switch (e x) { case A: int x; };",
        "p/a.x:2:36: x is also the name of the discriminant");
    fails(
        e + "union u switch (e x) { default: unknown; };",
        "p/a.x:2:40: expected the constant for unknown values, such as OP_ILLEGAL, but"
            + " found ';'");
    fails(
        "union u switch (int x) { default: unknown A; };",
        "p/a.x:1:43: only an enum can have unknown values");
    fails(
        "union u switch (bool x) { case TRUE: void; };",
        "p/a.x:1:7: a union over a bool must have the arms TRUE and FALSE");
    fails(
        "union u switch (unsigned x) { case -1: void; };",
        "p/a.x:1:36: -1 is outside the range of the discriminant");
    fails("union u switch (bool x) { };", "p/a.x:1:7: union u has no arms");
  }
}
