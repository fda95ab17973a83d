/**
 * The system calls of Linux that the volume and local files use, each with its flags and errors.
 */
@NullMarked
package io.ferrynfs.storage.linux.call;

import org.jspecify.annotations.NullMarked;
