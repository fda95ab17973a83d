package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.RandomSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The locked ranges of one file, ordered by their first byte. It finds ranges that conflict with a
 * new lock. Shared locks of several owners overlap, so each node stores the last byte of its
 * subtree. A search visits a logarithmic number of nodes, and the overlapping ranges of the same
 * owner.
 *
 * <p>It is a treap with random priorities, because clients choose the order of the ranges.
 */
final class RangeTree {
  private final RandomSource random;
  private @Nullable Node root;
  private int size;

  RangeTree(RandomSource random) {
    this.random = random;
  }

  /**
   * A range, with the largest last bytes of all ranges and of the exclusive ranges in its subtree.
   */
  private static final class Node {
    final LockedRange held;
    final int priority;
    @Nullable Node left;
    @Nullable Node right;
    long last;
    long exclusiveLast;
    boolean hasExclusive;

    Node(LockedRange held, int priority) {
      this.held = held;
      this.priority = priority;
      update();
    }

    void update() {
      last = held.range().last();
      hasExclusive = held.exclusive();
      exclusiveLast = hasExclusive ? last : 0;
      include(left);
      include(right);
    }

    private void include(@Nullable Node child) {
      if (child != null) {
        last = max(last, child.last);
        hasExclusive |= child.hasExclusive;
        exclusiveLast = max(exclusiveLast, child.exclusiveLast);
      }
    }

    private static long max(long one, long other) {
      return Long.compareUnsigned(one, other) >= 0 ? one : other;
    }

    /** Returns whether the subtree may conflict with a lock that begins at this byte. */
    boolean reaches(long first, boolean wantsExclusive) {
      return wantsExclusive
          ? Long.compareUnsigned(last, first) >= 0
          : hasExclusive && Long.compareUnsigned(exclusiveLast, first) >= 0;
    }
  }

  int size() {
    return size;
  }

  /** Returns the first conflicting range of another owner, or null. */
  @Nullable LockedRange conflict(OwnerKey owner, ByteRange wanted, boolean exclusive) {
    return conflict(root, owner, wanted, exclusive);
  }

  private static @Nullable LockedRange conflict(
      @Nullable Node node, OwnerKey owner, ByteRange wanted, boolean exclusive) {
    if (node == null || !node.reaches(wanted.first(), exclusive)) {
      return null;
    }
    LockedRange before = conflict(node.left, owner, wanted, exclusive);
    if (before != null) {
      return before;
    }
    if (wanted.isBefore(node.held.range())) {
      return null;
    }
    return node.held.conflicts(owner, wanted, exclusive)
        ? node.held
        : conflict(node.right, owner, wanted, exclusive);
  }

  /** Visits all conflicting ranges of other owners in their order. */
  void forEachConflict(
      OwnerKey owner, ByteRange wanted, boolean exclusive, Consumer<LockedRange> action) {
    forEachConflict(root, owner, wanted, exclusive, action);
  }

  private static void forEachConflict(
      @Nullable Node node,
      OwnerKey owner,
      ByteRange wanted,
      boolean exclusive,
      Consumer<LockedRange> action) {
    if (node == null || !node.reaches(wanted.first(), exclusive)) {
      return;
    }
    forEachConflict(node.left, owner, wanted, exclusive, action);
    if (wanted.isBefore(node.held.range())) {
      return;
    }
    if (node.held.conflicts(owner, wanted, exclusive)) {
      action.accept(node.held);
    }
    forEachConflict(node.right, owner, wanted, exclusive, action);
  }

  void add(LockedRange held) {
    root = insert(root, new Node(held, random.nextInt()));
    size++;
  }

  private static Node insert(@Nullable Node into, Node node) {
    if (into == null) {
      return node;
    }
    if (node.priority > into.priority) {
      split(into, node);
      node.update();
      return node;
    }
    if (isBefore(node.held, into.held)) {
      into.left = insert(into.left, node);
    } else {
      into.right = insert(into.right, node);
    }
    into.update();
    return into;
  }

  /** Splits a subtree into the children of a node. */
  private static void split(Node tree, Node around) {
    Node lower = null;
    Node upper = null;
    if (isBefore(around.held, tree.held)) {
      if (tree.left != null) {
        split(tree.left, around);
        lower = around.left;
        tree.left = around.right;
      }
      tree.update();
      upper = tree;
    } else {
      if (tree.right != null) {
        split(tree.right, around);
        upper = around.right;
        tree.right = around.left;
      }
      tree.update();
      lower = tree;
    }
    around.left = lower;
    around.right = upper;
  }

  void remove(LockedRange held) {
    root = remove(root, held);
  }

  private @Nullable Node remove(@Nullable Node from, LockedRange held) {
    if (from == null) {
      return null;
    }
    if (from.held.equals(held)) {
      size--;
      return merge(from.left, from.right);
    }
    if (isBefore(held, from.held)) {
      from.left = remove(from.left, held);
    } else {
      from.right = remove(from.right, held);
    }
    from.update();
    return from;
  }

  private static @Nullable Node merge(@Nullable Node lower, @Nullable Node upper) {
    if (lower == null || upper == null) {
      return lower == null ? upper : lower;
    }
    if (lower.priority > upper.priority) {
      lower.right = merge(lower.right, upper);
      lower.update();
      return lower;
    }
    upper.left = merge(lower, upper.left);
    upper.update();
    return upper;
  }

  /**
   * Compares two ranges. The order is strict: an owner locks a byte only once, so ranges with the
   * same first byte have different holders.
   */
  private static boolean isBefore(LockedRange one, LockedRange other) {
    int order = Long.compareUnsigned(one.range().first(), other.range().first());
    return order != 0 ? order < 0 : one.holder().number() < other.holder().number();
  }
}
