package org.amalgam.stages.tensor.pytorch;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.tensor.DType;
import org.jspecify.annotations.Nullable;

/**
 * A value of a pickle that is more than a text, a number or a truth value. Values may contain
 * themselves, so none is compared or hashed by content.
 */
sealed interface Pickled {
  /** What stands in messages for it. */
  String told();

  /** A list, tuple or set. */
  final class Items implements Pickled {
    final List<Object> items = new ArrayList<>();

    @Override
    public String told() {
      return items.size() + " items";
    }
  }

  /** A dictionary, in its order; of equal keys the last one counts. */
  final class Dictionary implements Pickled {
    final List<Object> keys = new ArrayList<>();
    final List<Object> values = new ArrayList<>();

    void put(Object key, Object value) {
      keys.add(key);
      values.add(value);
    }

    /** The value of a text, or null. */
    @Nullable Object get(String key) {
      for (int i = keys.size() - 1; i >= 0; i--) {
        if (key.equals(keys.get(i))) {
          return values.get(i);
        }
      }
      return null;
    }

    @Override
    public String told() {
      return "a dictionary of " + keys.size();
    }
  }

  /** The name of a class or function. */
  record Global(String module, String name) implements Pickled {
    @Override
    public String told() {
      return module + "." + name;
    }
  }

  /** What is passed over: only its name is kept. */
  record Opaque(String told) implements Pickled {
    static final Opaque NONE = new Opaque("None");
  }

  /**
   * The one-dimensional memory that tensors are views of.
   *
   * @param elements of the type that it claims
   * @param start elements to skip in the memory stored under the key
   */
  record Storage(DType dtype, String key, long elements, long start) implements Pickled {
    @Override
    public String told() {
      return "a storage of " + dtype;
    }
  }

  /**
   * A view of a storage.
   *
   * @param view counted in elements of the storage
   */
  record Tensor(Storage storage, StridedView view) implements Pickled {
    @Override
    public String told() {
      return "a tensor of " + storage.dtype();
    }
  }
}
