/**
 * A complete, deterministic and bounded volume in memory, for tests, simulations and scratch space.
 */
@NullMarked
package io.ferrynfs.storage.memory;

import org.jspecify.annotations.NullMarked;
