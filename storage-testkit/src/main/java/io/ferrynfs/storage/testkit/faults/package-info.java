/**
 * A volume that fails on purpose: a decorator with a plan that makes calls fail, block or return
 * short. It tests the users of a volume.
 */
@NullMarked
package io.ferrynfs.storage.testkit.faults;

import org.jspecify.annotations.NullMarked;
