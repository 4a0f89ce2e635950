package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.amalgam.stages.tensor.RandomStream;

/**
 * Dropout of the text embedding. The masks are as large as the batch, so they are made on the
 * device: entry {@code i} is dropped exactly where number {@code i} of its {@link RandomStream} is
 * below the rate.
 */
final class TextDropout {
  static final String METHODS =
      """
        def text_tokens_kept(self, ids: Tensor, words: Tensor, types: Tensor, nw: Tensor, nb: Tensor, kind: Tensor, key: Tensor, least: Tensor, scale: Tensor) -> Tensor:
          x = torch.add(torch.embedding(words, ids), torch.select(types, 0, 0))
          x = torch.layer_norm(x, [WIDTH], nw, nb, 1.0e-12)
          i = torch.arange(torch.numel(x), dtype=4, layout=0, device=ops.prim.device(x), pin_memory=False)
          z = torch.add(torch.mul(torch.add(i, 1), -7046029254386353131), key)
          z = torch.bitwise_xor(z, torch.bitwise_and(torch.bitwise_right_shift(z, 30), 17179869183))
          z = torch.mul(z, -4658895280553007687)
          z = torch.bitwise_xor(z, torch.bitwise_and(torch.bitwise_right_shift(z, 27), 137438953471))
          z = torch.mul(z, -7723592293110705685)
          z = torch.bitwise_xor(z, torch.bitwise_and(torch.bitwise_right_shift(z, 31), 8589934591))
          u = torch.bitwise_and(torch.bitwise_right_shift(z, 11), 9007199254740991)
          kept = torch.mul(torch.to(torch.ge(u, least), 6), scale)
          return torch.add(torch.mul(x, torch.view_as(kept, x)), torch.select(kind, 0, 0))
      """;

  private final Dropout dropout;
  private int uses;

  TextDropout(Dropout dropout) {
    this.dropout = dropout;
  }

  /** Calls the kernel that embeds texts, with or without a mask. */
  NDArray tokens(Transformer.Pass pass, NDArray... arguments) {
    if (dropout.text() == 0) {
      return pass.call("text_tokens", arguments);
    }
    NDManager manager = arguments[0].getManager();
    NDArray[] more = java.util.Arrays.copyOf(arguments, arguments.length + 3);
    more[arguments.length] = manager.create(stream(uses++).key());
    more[arguments.length + 1] = manager.create((long) Math.ceil(dropout.text() * 0x1.0p53));
    more[arguments.length + 2] = manager.create((float) (1 / (1 - dropout.text())));
    return pass.call("text_tokens_kept", more);
  }

  /** The numbers of a use, the first being 0: one an entry of (n, length, d). */
  RandomStream stream(int use) {
    return RandomStream.of(dropout.seed(), "text-dropout", dropout.step(), dropout.part(), use);
  }
}
