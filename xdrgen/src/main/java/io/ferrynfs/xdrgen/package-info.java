/**
 * A compiler from XDR schema files (RFC 4506, in the dialect of this module's README) to Java.
 * {@code Lexer} and {@code Parser} create {@code Declaration}s, {@code Schema} resolves and checks
 * them, and one emitter for each kind of type writes the source.
 */
@NullMarked
package io.ferrynfs.xdrgen;

import org.jspecify.annotations.NullMarked;
