package org.amalgam.stages.tensor.pytorch;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.pytorch.Pickled.Dictionary;
import org.amalgam.stages.tensor.pytorch.Pickled.Global;
import org.amalgam.stages.tensor.pytorch.Pickled.Items;
import org.amalgam.stages.tensor.pytorch.Pickled.Opaque;
import org.amalgam.stages.tensor.pytorch.Pickled.Storage;

/**
 * The stack machine that a pickle is a program for, with the opcodes that {@code torch.save} writes
 * (protocols 2 to 5). It makes values of {@link Pickled} and of texts, numbers and truth values;
 * names are looked up in {@link Names} and nowhere else, so a pickle can run nothing.
 *
 * <p>Every length is held against what is left of the pickle, and there are at most {@link
 * #MOST_STEPS} steps, so memory stays bounded by the size of the file and by a constant.
 */
final class Unpickler {
  /** The number with which the older format begins. */
  static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private static final int MOST_STEPS = 1 << 21;
  private static final int LONGEST_NUMBER = 1024;

  private final Path file;
  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private final SortedMap<String, Storage> storages = new TreeMap<>();
  private int steps;

  /**
   * @param in from whose position the pickle is read
   */
  Unpickler(Path file, ByteBuffer in) {
    this.file = file;
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads one pickle; the position is behind it then. */
  Object load() throws TensorFileException {
    try {
      while (true) {
        int opcode = in.get() & 0xff;
        if (opcode == '.') {
          return pop();
        }
        step(opcode);
        if (++steps > MOST_STEPS) {
          throw refused("it has more than " + MOST_STEPS + " steps");
        }
      }
    } catch (BufferUnderflowException e) {
      throw new TensorFileException(file, "the pickle ends too early; is the file truncated?", e);
    } catch (IllegalArgumentException e) {
      throw new TensorFileException(file, "the pickle is refused: " + e.getMessage(), e);
    }
  }

  /** The storages that were named, by their keys. */
  SortedMap<String, Storage> storages() {
    return Collections.unmodifiableSortedMap(storages);
  }

  private void storage(Pickled named) {
    if (named instanceof Storage storage) {
      storages.put(storage.key(), storage);
    }
    push(named);
  }

  private void step(int opcode) throws TensorFileException {
    switch (opcode) {
      case 0x80 -> protocol(in.get());
      case 0x95 -> in.getLong(); // the length of a frame
      case '(' -> marks.add(stack.size());
      case '0' -> pop();
      case '1' -> sinceMark();
      case '2' -> push(top());
      case 'N' -> push(Opaque.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.getInt());
      case 'K' -> push((long) (in.get() & 0xff));
      case 'M' -> push((long) (in.getShort() & 0xffff));
      case 0x8a -> push(number(in.get() & 0xff));
      case 0x8b -> push(number(in.getInt()));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case 'U' -> push(text(in.get() & 0xff, StandardCharsets.ISO_8859_1));
      case 'T' -> push(text(in.getInt(), StandardCharsets.ISO_8859_1));
      case 0x8c -> push(text(in.get() & 0xff, StandardCharsets.UTF_8));
      case 'X' -> push(text(in.getInt() & 0xffffffffL, StandardCharsets.UTF_8));
      case 0x8d -> push(text(in.getLong(), StandardCharsets.UTF_8));
      case 'C' -> bytes(in.get() & 0xff);
      case 'B' -> bytes(in.getInt() & 0xffffffffL);
      case 0x8e, 0x96 -> bytes(in.getLong());
      case ']', ')', 0x8f -> push(new Items());
      case '}' -> push(new Dictionary());
      case 'a' -> addAll(List.of(pop()));
      case 'e', 0x90 -> addAll(sinceMark());
      case 't', 0x91 -> push(items(sinceMark()));
      case 0x85 -> push(items(last(1)));
      case 0x86 -> push(items(last(2)));
      case 0x87 -> push(items(last(3)));
      case 's' -> putAll(last(2));
      case 'u' -> putAll(sinceMark());
      case 'q' -> memo.put(in.get() & 0xff, top());
      case 'r' -> memo.put(in.getInt(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> push(remembered(in.get() & 0xff));
      case 'j' -> push(remembered(in.getInt()));
      case 'c' -> push(global(line(), line()));
      case 0x93 -> {
        List<Object> name = last(2);
        push(global(name.get(0), name.get(1)));
      }
      case 'R', 0x81 -> call(last(2));
      case 0x92 -> call(last(3));
      case 'b' -> build(pop());
      case 'Q' -> storage(Names.storage(pop()));
      default -> throw refused("opcode 0x%02x is none that torch.save writes".formatted(opcode));
    }
  }

  private void protocol(int version) throws TensorFileException {
    if (version < 2 || version > 5) {
      throw refused("protocol " + version + " is not one of 2 to 5");
    }
  }

  private Global global(Object module, Object name) throws TensorFileException {
    Global global = new Global(String.valueOf(module), String.valueOf(name));
    if (!(module instanceof String && name instanceof String && Names.known(global))) {
      throw refused(
          "it names "
              + (module instanceof String && name instanceof String ? global.told() : "no name")
              + ", which no checkpoint needs; nothing was run. If the file is yours, save the"
              + " weights alone: torch.save(model.state_dict(), FILE)");
    }
    return global;
  }

  /**
   * A call of a known name, as {@code f(*arguments)} or {@code class.__new__(class, *arguments)}.
   */
  private void call(List<Object> functionAndArguments) throws TensorFileException {
    if (!(functionAndArguments.get(0) instanceof Global global)
        || !(functionAndArguments.get(1) instanceof Items arguments)) {
      throw refused("it calls what is no name");
    }
    push(Names.call(global, arguments));
  }

  /** The state of an object: attributes of a dictionary, or of what is passed over. */
  private void build(Object state) throws TensorFileException {
    if (!(top() instanceof Dictionary || top() instanceof Opaque || top() instanceof Pickled.Tensor)
        || state instanceof Global) {
      throw refused("it gives state to what has none");
    }
  }

  private void addAll(List<Object> added) throws TensorFileException {
    if (top() instanceof Items target) {
      target.items.addAll(added);
    } else if (!(top() instanceof Opaque)) {
      throw refused("it appends to what is no list");
    }
  }

  private void putAll(List<Object> keysAndValues) throws TensorFileException {
    if (keysAndValues.size() % 2 != 0) {
      throw refused("a key has no value");
    }
    if (top() instanceof Dictionary target) {
      for (int i = 0; i < keysAndValues.size(); i += 2) {
        target.put(keysAndValues.get(i), keysAndValues.get(i + 1));
      }
    } else if (!(top() instanceof Opaque)) {
      throw refused("it sets an item of what is no dictionary");
    }
  }

  private static Items items(List<Object> values) {
    Items items = new Items();
    items.items.addAll(values);
    return items;
  }

  private Object number(int length) throws TensorFileException {
    if (length < 0 || length > LONGEST_NUMBER) {
      throw refused("a number has " + length + " bytes");
    }
    byte[] digits = take(length);
    byte[] reversed = new byte[length + 1];
    for (int i = 0; i < length; i++) {
      reversed[length - i] = digits[i];
    }
    // Before the most significant byte stands its sign.
    reversed[0] = (byte) (length > 0 && digits[length - 1] < 0 ? -1 : 0);
    BigInteger number = new BigInteger(reversed);
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  private String text(long length, Charset charset) {
    return new String(take(length), charset);
  }

  private void bytes(long length) {
    checkLeft(length);
    in.position(in.position() + (int) length);
    push(new Opaque(length + " bytes"));
  }

  private byte[] take(long length) {
    checkLeft(length);
    byte[] taken = new byte[(int) length];
    in.get(taken);
    return taken;
  }

  private void checkLeft(long length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
  }

  private String line() {
    int start = in.position();
    while (in.get() != '\n') {
      // a name ends with its line
    }
    byte[] name = new byte[in.position() - 1 - start];
    in.get(start, name);
    return new String(name, StandardCharsets.UTF_8);
  }

  private void push(Object value) {
    stack.add(value);
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private Object top() throws TensorFileException {
    if (stack.size() <= floor()) {
      throw refused("its stack is empty");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() throws TensorFileException {
    Object value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<Object> last(int count) throws TensorFileException {
    if (stack.size() - count < floor()) {
      throw refused("its stack is empty");
    }
    return takeFrom(stack.size() - count);
  }

  private List<Object> sinceMark() throws TensorFileException {
    if (marks.isEmpty()) {
      throw refused("a mark is missing");
    }
    return takeFrom(marks.remove(marks.size() - 1));
  }

  private List<Object> takeFrom(int start) {
    List<Object> tail = stack.subList(start, stack.size());
    List<Object> taken = new ArrayList<>(tail);
    tail.clear();
    return taken;
  }

  private Object remembered(int index) throws TensorFileException {
    Object value = memo.get(index);
    if (value == null) {
      throw refused("it recalls what it did not keep");
    }
    return value;
  }

  private TensorFileException refused(String why) {
    return new TensorFileException(file, "the pickle is refused: " + why);
  }
}
