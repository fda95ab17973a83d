/**
 * The conformance kit: what every volume passes. The author of a volume extends each abstract class
 * here in a test of his own and says how a fresh volume is made; JUnit 6 and AssertJ must be on the
 * class path of those tests. They live among the main classes, so that an ordinary dependency on
 * this module is all that is needed, with or without tests being compiled.
 *
 * <p>A feature that a volume does not have is not skipped: it must answer NOT_SUPPORTED.
 */
@NullMarked
package io.ferrynfs.storage.testkit;

import org.jspecify.annotations.NullMarked;
