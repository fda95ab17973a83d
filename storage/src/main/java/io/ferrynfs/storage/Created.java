package io.ferrynfs.storage;

/**
 * A file that {@link Volume#create} made or found, open.
 *
 * @param file belongs to the receiver of this record, who closes it
 * @param createdNow whether this call made the file; false for one that was there and for a retry
 *     of an exclusive creation
 * @param change of the directory; before and after are equal when nothing was made
 */
public record Created(
    Handle handle, Attributes attributes, OpenFile file, boolean createdNow, ChangeInfo change) {}
