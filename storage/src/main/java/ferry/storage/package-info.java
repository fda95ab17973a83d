/**
 * What a server needs of a file system, in the words of file systems.
 *
 * <p>{@link ferry.storage.Volume} is the name space of one file system, {@link
 * ferry.storage.OpenFile} the bytes of one file. Objects are addressed by {@link
 * ferry.storage.Handle}, names are bytes ({@link ferry.storage.Name}), every failure is a {@link
 * ferry.storage.Status} in a {@link ferry.storage.StorageException}. Nothing here knows of a
 * protocol, of the network or of threads.
 *
 * <p>A volume is right when it passes the conformance kit, {@code ferry.storage.kit}.
 */
@NullMarked
package ferry.storage;

import org.jspecify.annotations.NullMarked;
