package org.amalgam.stages.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Methods written in TorchScript, loaded from memory: every operator of the engine, recorded by
 * autograd.
 *
 * <p>Numbers stand as literals in the text: the engine's own scalar overloads free a number that
 * backward still needs. A list that a method changes in place must be one of its arguments, or dead
 * code elimination drops the change.
 */
public final class Script implements AutoCloseable {
  private final PtNDManager manager;
  private final PtSymbolBlock block;
  private final Map<String, NDArray> tags = new ConcurrentHashMap<>();

  /**
   * Compiles methods.
   *
   * @param methods {@code def name(self, x: Tensor) -> Tensor:} blocks, indented by two
   */
  public Script(NDManager parent, String methods) {
    manager = (PtNDManager) parent.newSubManager();
    try (ByteArrayInputStream in = new ByteArrayInputStream(archive(methods))) {
      block = JniUtils.loadModule(manager, in, true, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls a method with tensors; results belong to the manager of the first one. */
  public NDList call(String method, NDArray... arguments) {
    return call(method, new NDList(arguments));
  }

  /** Like {@link #call(String, NDArray...)}; neighbours of a name that ends in [] are one list. */
  public NDList call(String method, NDList arguments) {
    NDList list = new NDList(arguments.size() + 1);
    list.addAll(arguments);
    list.add(tags.computeIfAbsent(method, this::tag));
    return IValueUtils.forward(block, list, true);
  }

  /** Like {@link #call} for methods with one result. */
  public NDArray one(String method, NDArray... arguments) {
    return call(method, arguments).get(0);
  }

  /**
   * Calls a method outside autograd, with any arguments; closes them, and the result is the
   * caller's.
   */
  public IValue plain(String method, IValue... arguments) {
    try {
      return IValueUtils.runMethod(block, method, arguments);
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }

  private NDArray tag(String method) {
    NDArray tag = manager.create(0f);
    tag.setName("module_method:" + method);
    return tag;
  }

  /** The archive that {@code torch.jit.save} would write for a module without parameters. */
  private static byte[] archive(String methods) throws IOException {
    String code =
        "class Ops(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
            + methods;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "ops/data.pkl", moduleWithoutState());
      put(zip, "ops/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      put(zip, "ops/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      put(zip, "ops/version", "3\n".getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  /** A pickle of {@code __torch__.Ops()} with {@code training = True}. */
  private static byte[] moduleWithoutState() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write("c__torch__\nOps\n".getBytes(StandardCharsets.UTF_8));
    pickle.write(new byte[] {'q', 0, ')', (byte) 0x81, '}', '('});
    pickle.write(new byte[] {'X', 8, 0, 0, 0});
    pickle.write("training".getBytes(StandardCharsets.UTF_8));
    pickle.write(new byte[] {'q', 1, (byte) 0x88, 'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setTime(0);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
