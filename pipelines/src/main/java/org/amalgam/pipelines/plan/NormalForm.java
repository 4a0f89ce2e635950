package org.amalgam.pipelines.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.amalgam.artifacts.Digest;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.RecordComponentNode;

/**
 * What a class does, whatever compiler wrote it: its code without debug information, annotations,
 * generic signatures and stack map frames, members in the order of their names, the constant pool
 * in the order in which it is used.
 *
 * @param references the classes of ours that it refers to, as internal names
 */
record NormalForm(Digest digest, Set<String> references, boolean isRegistry) {
  static final String OURS = "org/amalgam/";
  private static final Set<String> OF_OBJECT =
      Set.of(
          "getClass()Ljava/lang/Class;",
          "hashCode()I",
          "equals(Ljava/lang/Object;)Z",
          "toString()Ljava/lang/String;",
          "notify()V",
          "notifyAll()V",
          "wait()V",
          "wait(J)V",
          "wait(JI)V");
  private static final String REGISTRY = "Lorg/amalgam/pipelines/stage/Registry;";

  /** The class file as the loader finds it, whatever agents make of it later. */
  static byte[] read(ClassLoader loader, String name) {
    try (InputStream in = loader.getResourceAsStream(name + ".class")) {
      if (in == null) {
        throw new IllegalStateException("the class file of " + name + " cannot be found");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the class file of " + name + " cannot be read", e);
    }
  }

  /**
   * @param classFiles the bytes of a class by its internal name
   */
  static NormalForm of(String name, Function<String, byte[]> classFiles) {
    byte[] classFile = classFiles.apply(name);
    ClassNode node = new ClassNode();
    new ClassReader(classFile).accept(node, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    boolean registry =
        all(node.visibleAnnotations).stream().anyMatch(one -> one.desc.equals(REGISTRY));
    strip(node);
    CapturedVariables.rewrite(node);
    Lambdas.rewrite(node);
    node.methods.forEach(new EnumSwitches(classFiles)::rewrite);
    node.methods.forEach(NormalForm::callObjectDirectly);
    node.methods.sort(
        Comparator.comparing((MethodNode method) -> method.name)
            .thenComparing(method -> method.desc));
    ClassWriter writer = new ClassWriter(0);
    Set<String> references = new TreeSet<>();
    node.accept(
        new ClassRemapper(
            writer,
            new Remapper(Opcodes.ASM9) {
              @Override
              public String map(String internalName) {
                if (internalName.startsWith(OURS)) {
                  references.add(internalName);
                }
                return internalName;
              }
            }));
    references.remove(node.name);
    return new NormalForm(Digest.of(writer.toByteArray()), references, registry);
  }

  private static void strip(ClassNode node) {
    node.signature = null;
    node.visibleAnnotations = null;
    node.invisibleAnnotations = null;
    node.visibleTypeAnnotations = null;
    node.invisibleTypeAnnotations = null;
    // Which classes are nested in which is in their names, and compilers list it differently.
    node.innerClasses = new ArrayList<>();
    node.nestMembers = null;
    // A sealed type lists all that implement it, as a registry does.
    node.permittedSubclasses = null;
    node.nestHostClass = null;
    node.outerClass = null;
    node.outerMethod = null;
    node.outerMethodDesc = null;
    for (RecordComponentNode component : all(node.recordComponents)) {
      component.signature = null;
      component.visibleAnnotations = null;
      component.invisibleAnnotations = null;
      component.visibleTypeAnnotations = null;
      component.invisibleTypeAnnotations = null;
    }
    for (FieldNode field : node.fields) {
      field.signature = null;
      field.visibleAnnotations = null;
      field.invisibleAnnotations = null;
      field.visibleTypeAnnotations = null;
      field.invisibleTypeAnnotations = null;
    }
    node.methods.forEach(NormalForm::strip);
    node.fields.sort(Comparator.comparing((FieldNode field) -> field.name));
  }

  /** Calls of the methods of Object on an interface: since JDK 18 they name the interface. */
  private static void callObjectDirectly(MethodNode method) {
    for (AbstractInsnNode at : method.instructions) {
      if (at.getOpcode() == Opcodes.INVOKEINTERFACE
          && at instanceof MethodInsnNode call
          && OF_OBJECT.contains(call.name + call.desc)) {
        call.setOpcode(Opcodes.INVOKEVIRTUAL);
        call.owner = "java/lang/Object";
        call.itf = false;
      }
    }
  }

  private static void strip(MethodNode method) {
    method.signature = null;
    method.visibleAnnotations = null;
    method.invisibleAnnotations = null;
    method.visibleTypeAnnotations = null;
    method.invisibleTypeAnnotations = null;
    method.visibleParameterAnnotations = null;
    method.invisibleParameterAnnotations = null;
    method.visibleLocalVariableAnnotations = null;
    method.invisibleLocalVariableAnnotations = null;
    method.exceptions = new ArrayList<>();
    method.parameters = null;
    method.maxStack = 0;
    method.maxLocals = 0;
    method.instructions.forEach(
        instruction -> {
          instruction.visibleTypeAnnotations = null;
          instruction.invisibleTypeAnnotations = null;
        });
  }

  private static <T> List<T> all(@org.jspecify.annotations.Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
