/**
 * Files and directories of a server in the protocol's own terms: names as bytes, filehandles,
 * stateids. Asynchronous throughout.
 */
@NullMarked
package io.ferrynfs.client.file;

import org.jspecify.annotations.NullMarked;
