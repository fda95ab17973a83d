/**
 * The interface between a server and a file system, in the terms of file systems.
 *
 * <p>{@link io.ferrynfs.storage.Volume} is the name space of one file system, and {@link
 * io.ferrynfs.storage.OpenFile} is one open file. A {@link io.ferrynfs.storage.Handle} addresses an
 * object, a {@link io.ferrynfs.storage.Name} is a sequence of bytes, and every failure is a {@link
 * io.ferrynfs.storage.Status} in a {@link io.ferrynfs.storage.StorageException}. This package is
 * independent of protocols, networks and threads.
 *
 * <p>The conformance kit {@code io.ferrynfs.storage.testkit} checks that a volume fulfils this
 * contract.
 */
@NullMarked
package io.ferrynfs.storage;

import org.jspecify.annotations.NullMarked;
