package org.amalgam.stages.tensor.pytorch;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.pytorch.Pickled.Dictionary;
import org.amalgam.stages.tensor.pytorch.Pickled.Global;
import org.amalgam.stages.tensor.pytorch.Pickled.Items;
import org.amalgam.stages.tensor.pytorch.Pickled.Opaque;
import org.amalgam.stages.tensor.pytorch.Pickled.Storage;
import org.amalgam.stages.tensor.pytorch.Pickled.Tensor;

/**
 * The names that a checkpoint may use. A few mean something: dictionaries, storages and the ways to
 * make tensors of them. Others are known from checkpoints and passed over unlooked at. All the rest
 * is refused.
 */
final class Names {
  private static final Map<String, DType> STORAGES =
      Map.of(
          "DoubleStorage", DType.F64,
          "FloatStorage", DType.F32,
          "HalfStorage", DType.F16,
          "BFloat16Storage", DType.BF16,
          "LongStorage", DType.I64,
          "IntStorage", DType.I32,
          "ShortStorage", DType.I16,
          "CharStorage", DType.I8,
          "ByteStorage", DType.U8,
          "BoolStorage", DType.BOOL);

  /** What checkpoints hold beside tensors: settings, optimizers, counters, numbers of NumPy. */
  private static final Pattern PASSED_OVER =
      Pattern.compile(
          "argparse\\.Namespace|collections\\.(defaultdict|deque|Counter)"
              + "|(builtins|__builtin__)\\.(set|frozenset|bytearray|complex|slice|range|xrange"
              + "|list|tuple|dict|int|long|float|str|unicode|bool|object|bytes)"
              + "|_codecs\\.encode|copy_?reg\\._reconstructor|decimal\\.Decimal"
              + "|datetime\\.(date|datetime|time|timedelta)|pathlib\\.(Pure)?(Posix|Windows)?Path"
              + "|numpy(\\._?core\\.(multiarray|numeric)\\.[a-z_]+"
              + "|\\.(ndarray|dtype|bool_?|u?int\\d+|float\\d+))"
              + "|numpy\\.dtypes\\.\\w+"
              + "|torch\\.(Size|device|Tensor|Generator|strided|per_tensor_affine"
              + "|q?u?int\\d+|float\\d+|bfloat16|complex\\d+|bool|float8_\\w+|\\w+Storage)"
              + "|torch\\.storage\\.\\w+Storage|torch\\.serialization\\._get_layout"
              + "|torch\\._utils\\._rebuild_\\w+|torch\\._tensor\\._rebuild_\\w+"
              + "|torch\\.nn\\.parameter\\.\\w+"
              + "|torch\\.(optim|nn\\.modules|cuda\\.amp|amp)\\.[\\w.]+"
              + "|(pytorch_lightning|lightning|lightning_fabric|omegaconf|sacred|timm|transformers"
              + "|fairscale|apex|vilt)\\.[\\w.]+");

  private static final String FROM_TYPE = "torch._tensor._rebuild_from_type_v2";

  private Names() {}

  /** Whether a pickle may name it. */
  static boolean known(Global global) {
    return isDictionary(global) || PASSED_OVER.matcher(global.told()).matches();
  }

  private static boolean isDictionary(Global global) {
    return global.told().equals("collections.OrderedDict");
  }

  /**
   * What calling a known name gives; what means nothing here becomes opaque.
   *
   * @throws IllegalArgumentException if the arguments are none that PyTorch writes
   */
  static Object call(Global global, Items arguments) {
    if (isDictionary(global)) {
      if (!arguments.items.isEmpty()) {
        throw new IllegalArgumentException("an OrderedDict is not made empty");
      }
      return new Dictionary();
    }
    return switch (global.told()) {
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
      // The tensor comes first; what follows is whether it takes gradients, hooks and state.
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
          argument(arguments, 0, Pickled.class);
      case FROM_TYPE -> fromType(arguments);
      default -> new Opaque(global.told());
    };
  }

  /** {@code (function, type, arguments, state)}. */
  private static Object fromType(Items arguments) {
    Global function = argument(arguments, 0, Global.class);
    if (function.told().equals(FROM_TYPE)) {
      throw new IllegalArgumentException(FROM_TYPE + " calls itself");
    }
    return call(function, argument(arguments, 2, Items.class));
  }

  private static Pickled tensor(Items arguments) {
    if (!(argument(arguments, 0, Pickled.class) instanceof Storage storage)) {
      return new Opaque("a tensor of " + argument(arguments, 0, Pickled.class).told());
    }
    return new Tensor(
        storage,
        StridedView.within(
            storage.elements(),
            argument(arguments, 1, Long.class),
            longs(argument(arguments, 2, Items.class)),
            longs(argument(arguments, 3, Items.class))));
  }

  /**
   * What a persistent id stands for: {@code ('storage', type, key, location, elements)}, in the
   * older format with {@code None} or {@code (key, start, elements)} of a part at the end.
   *
   * @throws IllegalArgumentException if it is of another form
   */
  static Pickled storage(Object id) {
    if (!(id instanceof Items parts)
        || parts.items.size() < 5
        || parts.items.size() > 6
        || !"storage".equals(parts.items.get(0))) {
      throw new IllegalArgumentException("a persistent id is of an unknown form");
    }
    Global type = argument(parts, 1, Global.class);
    String key = argument(parts, 2, String.class);
    long elements = argument(parts, 4, Long.class);
    long start = 0;
    if (parts.items.size() == 6 && parts.items.get(5) instanceof Items part) {
      start = argument(part, 1, Long.class);
      long length = argument(part, 2, Long.class);
      if (start < 0 || length < 0 || start > elements - length) {
        throw new IllegalArgumentException("a part leaves its storage " + key);
      }
      elements = length;
    }
    if (elements < 0) {
      throw new IllegalArgumentException("storage " + key + " has " + elements + " elements");
    }
    Optional<DType> dtype =
        type.told().equals("torch.storage.UntypedStorage")
            ? Optional.of(DType.U8)
            : Optional.ofNullable(type.module().equals("torch") ? STORAGES.get(type.name()) : null);
    return dtype.isPresent()
        ? new Storage(dtype.get(), key, elements, start)
        : new Opaque(type.told());
  }

  private static long[] longs(Items items) {
    long[] values = new long[items.items.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = argument(items, i, Long.class);
    }
    return values;
  }

  private static <T> T argument(Items arguments, int at, Class<T> type) {
    Object value = at < arguments.items.size() ? arguments.items.get(at) : Opaque.NONE;
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "argument %d is not a %s".formatted(at, type.getSimpleName()));
    }
    return type.cast(value);
  }
}
