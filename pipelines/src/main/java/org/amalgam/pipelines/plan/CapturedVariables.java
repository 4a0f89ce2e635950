package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Puts the synthetic fields of inner classes ({@code this$0}, {@code val$x}) in one order in their
 * constructors, and leaves out an outer instance that the class never reads: compilers differ.
 */
final class CapturedVariables {
  private CapturedVariables() {}

  static void rewrite(ClassNode node) {
    Set<String> read = new TreeSet<>();
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode at : method.instructions) {
        if (at.getOpcode() == Opcodes.GETFIELD && at instanceof FieldInsnNode field) {
          read.add(field.name);
        }
      }
    }
    for (MethodNode method : node.methods) {
      if (method.name.equals("<init>")) {
        rewrite(node.name, method, read);
      }
    }
    node.fields.removeIf(field -> field.name.startsWith("this$") && !read.contains(field.name));
  }

  private static void rewrite(String owner, MethodNode constructor, Set<String> read) {
    List<AbstractInsnNode> code = new ArrayList<>();
    for (AbstractInsnNode at : constructor.instructions) {
      if (at.getOpcode() >= 0) {
        code.add(at);
      }
    }
    List<FieldInsnNode> puts = new ArrayList<>();
    for (int i = 0; i + 2 < code.size() && isCapture(owner, code.subList(i, i + 3)); i += 3) {
      puts.add((FieldInsnNode) code.get(i + 2));
    }
    if (puts.isEmpty()) {
      return;
    }
    AbstractInsnNode after = code.get(3 * puts.size());
    List<FieldInsnNode> sorted = new ArrayList<>(puts);
    sorted.sort(Comparator.comparing(put -> put.name));
    for (FieldInsnNode put : sorted) {
      AbstractInsnNode value = code.get(code.indexOf(put) - 1);
      AbstractInsnNode self = code.get(code.indexOf(put) - 2);
      for (AbstractInsnNode moved : List.of(self, value, put)) {
        constructor.instructions.remove(moved);
        if (read.contains(put.name) || !put.name.startsWith("this$")) {
          constructor.instructions.insertBefore(after, moved);
        }
      }
    }
  }

  /** {@code this.val$x = argument}. */
  private static boolean isCapture(String owner, List<AbstractInsnNode> three) {
    return three.get(0) instanceof VarInsnNode self
        && self.var == 0
        && three.get(1) instanceof VarInsnNode
        && three.get(2).getOpcode() == Opcodes.PUTFIELD
        && three.get(2) instanceof FieldInsnNode put
        && put.owner.equals(owner)
        && (put.name.startsWith("this$") || put.name.startsWith("val$"));
  }
}
