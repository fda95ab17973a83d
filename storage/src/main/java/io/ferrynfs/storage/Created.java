package io.ferrynfs.storage;

/**
 * An open file that {@link Volume#create} created or found.
 *
 * @param handle the handle of the file
 * @param attributes the attributes of the file
 * @param file the open file; the receiver of this record closes it
 * @param createdNow whether this call created the file; false for an existing file and for a retry
 *     of an exclusive creation
 * @param change the change of the directory; before and after are equal if no file was created
 */
public record Created(
    Handle handle, Attributes attributes, OpenFile file, boolean createdNow, ChangeInfo change) {}
