package io.ferrynfs.rpc;

/**
 * A program and its version.
 *
 * @param program its number
 * @param version its version
 */
record CallTarget(int program, int version) {}
