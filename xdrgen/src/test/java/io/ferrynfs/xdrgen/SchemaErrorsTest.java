package io.ferrynfs.xdrgen;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the compiler says about schemas that are wrong, and where. */
class SchemaErrorsTest {
  private static void refused(String text, String message) {
    refused(Map.of("p/a.x", text), message);
  }

  private static void refused(Map<String, String> texts, String message) {
    assertThatExceptionOfType(SchemaException.class)
        .isThrownBy(() -> Main.schema(new TreeMap<>(texts)))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "struct a { int x<>; };|x<> has no bound: a peer could make it as long as it likes",
        "struct a { opaque x<>; };|x<> has no bound: a peer could make it as long as it likes",
        "struct a { string x<>; };|x<> has no bound: a peer could make it as long as it likes",
        "typedef int  a<>; const A = 1;|a<> has no bound: a peer could make it as long as it likes"
      })
  void anArrayWithoutABound(String text, String message) {
    int column = text.indexOf(message.charAt(0) + "<>") + 1;
    refused(text, "p/a.x:1:" + column + ": " + message);
  }

  @Test
  void aBoundThatIsNoBound() {
    refused(
        "struct a { int x<0>; };", "p/a.x:1:18: a size or bound is from 1 to 2147483647, not 0");
    refused(
        "const N = 0xffffffff;\nstruct a { int x<N>; };",
        "p/a.x:2:18: a size or bound is from 1 to 2147483647, not N");
    refused("struct a { int x<N>; };", "p/a.x:1:18: no const N is declared");
  }

  @Test
  void whatTheParserDoesNotExpect() {
    refused("struct a {\n  int x\n};", "p/a.x:3:1: expected ';' but found '}'");
    refused("struct a { int x;", "p/a.x:1:18: expected a type but found the end of the file");
    refused(
        "program P { };",
        "p/a.x:1:1: expected const, typedef, enum, struct or union but found 'program'");
    refused("struct a { };", "p/a.x:1:8: struct a has no fields");
    refused("struct a { int case; };", "p/a.x:1:16: expected a name but found 'case'");
    refused("struct a { double x; };", "p/a.x:1:12: double is not in the dialect");
    refused(
        "struct a { struct b x; };",
        "p/a.x:1:12: a type is declared by itself and used by its name, without struct");
    refused("% pass through", "p/a.x:1:1: unexpected character '%'");
    refused("/* no end", "p/a.x:1:1: a comment without an end");
    refused("const A = 08;", "p/a.x:1:11: 08 is not a 64-bit number");
  }

  @Test
  void namesThatAreNotThereOrThereTwice() {
    refused("struct a { b x; };", "p/a.x:1:12: no type b is declared");
    refused(
        "struct a { int x; };\nenum a { A = 1 };", "p/a.x:2:6: a is declared already at p/a.x:1:8");
    refused(
        Map.of("p/a.x", "struct a_b { int x; };", "q/b.x", "struct A_B { int x; };"),
        "q/b.x:1:8: A_B becomes AB like that at p/a.x:1:8");
    refused("struct opaque_ { int x; };", "p/a.x:1:8: opaque_ becomes Opaque, which is taken");
    refused("typedef int bool;", "p/a.x:1:13: bool is built in");
    refused("struct a { int x_y; int xY; };", "p/a.x:1:25: two fields become xY");
    refused("enum e { A = 1, B = 1 };", "p/a.x:1:17: B has the value of A");
    refused("enum e { A = 1, A = 2 };", "p/a.x:1:17: A is there twice");
    refused("enum e { A = 4294967295 };", "p/a.x:1:10: A does not fit a signed 32-bit integer");
    refused("const A = B; const B = A;", "p/a.x:1:11: B is defined by itself");
    refused("typedef b a; typedef a b;", "p/a.x:1:24: b is defined by itself");
  }

  @Test
  void typesWithoutEnd() {
    refused(
        "struct a { a *next; };",
        "p/a.x:1:8: a contains itself, so a peer could nest it without end; for a chain there is"
            + " list<>");
    refused(
        "struct a { b x<2>; };\nstruct b { list<a> y; };",
        "p/a.x:1:8: a contains itself, so a peer could nest it without end; for a chain there is"
            + " list<>");
    refused(
        "typedef int row<3>; struct a { row x<3>; };",
        "p/a.x:1:32: a list or optional of lists or optionals: wrap the inner one in a struct");
  }

  @Test
  void unionsThatDoNotAddUp() {
    String e = "enum e { A = 1, B = 2 };\n";
    refused(
        e + "union u switch (hyper x) { default: void; };",
        "p/a.x:2:23: a union switches on an enum, a bool or a 32-bit integer");
    refused(e + "union u switch (e x) { case C: void; };", "p/a.x:2:29: enum e has no constant C");
    refused(
        e + "union u switch (e x) { case A: void; case A: int y; };",
        "p/a.x:2:38: a second arm for A");
    refused(
        e + "union u switch (e x) { default: void; case A: void; };",
        "p/a.x:2:24: default is not the last arm");
    refused(
        e + "union u switch (e x) { case A: int x; };",
        "p/a.x:2:36: x is the name of the discriminant too");
    refused(
        e + "union u switch (e x) { default: unknown; };",
        "p/a.x:2:40: expected the constant that stands for unknown values, such as OP_ILLEGAL, but"
            + " found ';'");
    refused(
        "union u switch (int x) { default: unknown A; };",
        "p/a.x:1:43: only an enum can have unknown values");
    refused(
        "union u switch (bool x) { case TRUE: void; };",
        "p/a.x:1:7: a union over a bool has the arms TRUE and FALSE");
    refused(
        "union u switch (unsigned x) { case -1: void; };",
        "p/a.x:1:36: -1 does not fit the discriminant");
    refused("union u switch (bool x) { };", "p/a.x:1:7: union u has no arms");
  }
}
