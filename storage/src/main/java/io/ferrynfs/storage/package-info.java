/**
 * What a server needs of a file system, in the words of file systems.
 *
 * <p>{@link io.ferrynfs.storage.Volume} is the name space of one file system, {@link
 * io.ferrynfs.storage.OpenFile} the bytes of one file. Objects are addressed by {@link
 * io.ferrynfs.storage.Handle}, names are bytes ({@link io.ferrynfs.storage.Name}), every failure is
 * a {@link io.ferrynfs.storage.Status} in a {@link io.ferrynfs.storage.StorageException}. Nothing
 * here knows of a protocol, of the network or of threads.
 *
 * <p>A volume is right when it passes the conformance kit, {@code io.ferrynfs.storage.testkit}.
 */
@NullMarked
package io.ferrynfs.storage;

import org.jspecify.annotations.NullMarked;
