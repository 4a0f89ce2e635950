package org.amalgam.pipelines.plan;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;

/**
 * Rewrites switches over enums so that they switch over the constants' names.
 *
 * <p>Compilers go through a synthetic {@code $SwitchMap$} class, or since JDK 21 through the
 * ordinal where the enum is in the same file.
 */
final class EnumSwitches {
  private final Function<String, byte[]> classFile;

  EnumSwitches(Function<String, byte[]> classFile) {
    this.classFile = classFile;
  }

  void rewrite(MethodNode method) {
    for (AbstractInsnNode at : method.instructions.toArray()) {
      SortedMap<Integer, LabelNode> cases = cases(at);
      if (cases == null) {
        continue;
      }
      Map<Integer, String> names = names(method.instructions, at);
      if (names == null) {
        continue;
      }
      SortedMap<Integer, LabelNode> byName = new TreeMap<>();
      cases.forEach(
          (key, label) -> byName.put(names.getOrDefault(key, "number " + key).hashCode(), label));
      method.instructions.set(
          at,
          new LookupSwitchInsnNode(
              otherwise(at),
              byName.keySet().stream().mapToInt(Integer::intValue).toArray(),
              byName.values().toArray(LabelNode[]::new)));
    }
  }

  /** Key to label of a switch, without keys that only fill a table; null for other instructions. */
  private static @Nullable SortedMap<Integer, LabelNode> cases(AbstractInsnNode at) {
    SortedMap<Integer, LabelNode> cases = new TreeMap<>();
    if (at instanceof LookupSwitchInsnNode lookup) {
      for (int i = 0; i < lookup.keys.size(); i++) {
        cases.put(lookup.keys.get(i), lookup.labels.get(i));
      }
    } else if (at instanceof TableSwitchInsnNode table) {
      for (int i = 0; i < table.labels.size(); i++) {
        cases.put(table.min + i, table.labels.get(i));
      }
    } else {
      return null;
    }
    LabelNode otherwise = otherwise(at);
    cases.values().removeIf(label -> label == otherwise);
    return cases;
  }

  private static LabelNode otherwise(AbstractInsnNode at) {
    return at instanceof LookupSwitchInsnNode lookup
        ? lookup.dflt
        : ((TableSwitchInsnNode) at).dflt;
  }

  /** What the keys of a switch stand for; takes out the detour through the synthetic class. */
  private @Nullable Map<Integer, String> names(InsnList code, AbstractInsnNode at) {
    AbstractInsnNode before = previous(at);
    if (before != null && before.getOpcode() == Opcodes.IALOAD && isOrdinal(previous(before))) {
      for (AbstractInsnNode map = previous(before); map != null; map = previous(map)) {
        if (map.getOpcode() == Opcodes.GETSTATIC
            && map instanceof FieldInsnNode field
            && field.name.startsWith("$SwitchMap$")) {
          code.remove(map);
          code.remove(before);
          return ofMap(field);
        }
      }
      return null;
    }
    return isOrdinal(before) && before instanceof MethodInsnNode call ? ofEnum(call.owner) : null;
  }

  private static boolean isOrdinal(@Nullable AbstractInsnNode at) {
    return at instanceof MethodInsnNode call
        && call.name.equals("ordinal")
        && call.desc.equals("()I");
  }

  private static @Nullable AbstractInsnNode previous(AbstractInsnNode at) {
    AbstractInsnNode before = at.getPrevious();
    while (before != null && before.getOpcode() < 0) {
      before = before.getPrevious();
    }
    return before;
  }

  /** In order: the constants of an enum; their ordinals are their places. */
  private @Nullable Map<Integer, String> ofEnum(String owner) {
    if (!owner.startsWith(NormalForm.OURS)) {
      return null;
    }
    Map<Integer, String> names = new TreeMap<>();
    for (FieldNode field : read(owner).fields) {
      if ((field.access & Opcodes.ACC_ENUM) != 0) {
        names.put(names.size(), field.name);
      }
    }
    return names;
  }

  /** From the initializer of a synthetic class: {@code map[Colour.RED.ordinal()] = 1}. */
  private Map<Integer, String> ofMap(FieldInsnNode map) {
    Map<Integer, String> names = new TreeMap<>();
    for (MethodNode method : read(map.owner).methods) {
      boolean ours = false;
      String constant = "";
      int number = 0;
      for (AbstractInsnNode at : method.instructions) {
        if (at.getOpcode() == Opcodes.GETSTATIC && at instanceof FieldInsnNode field) {
          boolean isMap = field.name.startsWith("$SwitchMap$");
          ours = isMap ? field.name.equals(map.name) : ours;
          constant = isMap ? constant : field.name;
        } else if (at.getOpcode() >= Opcodes.ICONST_0 && at.getOpcode() <= Opcodes.ICONST_5) {
          number = at.getOpcode() - Opcodes.ICONST_0;
        } else if (at instanceof IntInsnNode push) {
          number = push.operand;
        } else if (at.getOpcode() == Opcodes.IASTORE && ours) {
          names.put(number, constant);
        }
      }
    }
    return names;
  }

  private ClassNode read(String name) {
    ClassNode node = new ClassNode();
    new ClassReader(classFile.apply(name)).accept(node, ClassReader.SKIP_DEBUG);
    return node;
  }
}
