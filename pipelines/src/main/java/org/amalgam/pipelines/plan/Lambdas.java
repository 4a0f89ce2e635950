package org.amalgam.pipelines.plan;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Numbers the methods that lambdas become in the order in which they are used: some compilers count
 * through the class, others through each method.
 */
final class Lambdas {
  private final ClassNode node;
  private final Map<String, MethodNode> bodies = new LinkedHashMap<>();
  private final Map<String, String> names = new LinkedHashMap<>();

  private Lambdas(ClassNode node) {
    this.node = node;
  }

  static void rewrite(ClassNode node) {
    Lambdas lambdas = new Lambdas(node);
    for (MethodNode method : node.methods) {
      boolean synthetic = (method.access & Opcodes.ACC_SYNTHETIC) != 0;
      if (synthetic && method.name.startsWith("lambda$")) {
        lambdas.bodies.put(method.name + method.desc, method);
      }
    }
    List<MethodNode> written =
        node.methods.stream()
            .filter(method -> !lambdas.bodies.containsKey(method.name + method.desc))
            .sorted(
                Comparator.comparing((MethodNode method) -> method.name)
                    .thenComparing(method -> method.desc))
            .toList();
    written.forEach(lambdas::visit);
    lambdas.bodies.forEach((key, body) -> body.name = lambdas.names.getOrDefault(key, body.name));
  }

  private void visit(MethodNode method) {
    for (AbstractInsnNode at : method.instructions) {
      if (!(at instanceof InvokeDynamicInsnNode call)) {
        continue;
      }
      for (int i = 0; i < call.bsmArgs.length; i++) {
        if (call.bsmArgs[i] instanceof Handle handle && handle.getOwner().equals(node.name)) {
          call.bsmArgs[i] = renamed(handle);
        }
      }
    }
  }

  private Handle renamed(Handle handle) {
    String key = handle.getName() + handle.getDesc();
    MethodNode body = bodies.get(key);
    if (body == null) {
      return handle;
    }
    if (!names.containsKey(key)) {
      names.put(key, "lambda$" + names.size());
      visit(body);
    }
    return new Handle(
        handle.getTag(),
        handle.getOwner(),
        names.getOrDefault(key, handle.getName()),
        handle.getDesc(),
        handle.isInterface());
  }
}
