package io.ferrynfs.client.file;

/**
 * The result of a READ.
 *
 * @param bytes the number of bytes read
 * @param eof whether they reach the end of the file
 */
public record ReadResult(int bytes, boolean eof) {}
