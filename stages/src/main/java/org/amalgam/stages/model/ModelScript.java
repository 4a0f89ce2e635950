package org.amalgam.stages.model;

import ai.djl.ndarray.NDManager;
import org.amalgam.stages.tensor.Script;

/** The model's kernels as TorchScript, with the sizes of one model as literals. */
final class ModelScript {
  private static final String METHODS =
      """
        def image_tokens(self, pixels: Tensor, w: Tensor, b: Tensor, cls: Tensor, kind: Tensor) -> Tensor:
          patches = torch.conv2d(pixels, w, b, [PATCH, PATCH])
          patches = torch.transpose(torch.flatten(patches, 2, -1), 1, 2)
          first = torch.expand(cls, [torch.size(pixels, 0), 1, WIDTH])
          return torch.add(torch.cat([first, patches], 1), torch.select(kind, 0, 1))
        def text_tokens(self, ids: Tensor, words: Tensor, types: Tensor, nw: Tensor, nb: Tensor, kind: Tensor) -> Tensor:
          x = torch.add(torch.embedding(words, ids), torch.select(types, 0, 0))
          x = torch.layer_norm(x, [WIDTH], nw, nb, 1.0e-12)
          return torch.add(x, torch.select(kind, 0, 0))
        def normalized(self, pixels: Tensor, w: Tensor) -> Tensor:
          return torch.sub(torch.mul(torch.type_as(pixels, w), 0.00784313725490196), 1.0)
        def position_bias(self, table: Tensor, index: Tensor) -> List[Tensor]:
          return torch.unbind(self.position_biases(table, index), 0)
        def layer(self, x: Tensor, bias: Tensor, mask: Tensor, g1: Tensor, g2: Tensor, n1w: Tensor, n1b: Tensor, qb: Tensor, vb: Tensor, qkv: Tensor, pw: Tensor, pb: Tensor, n2w: Tensor, n2b: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
          n = torch.size(x, 0)
          s = torch.size(x, 1)
          h = torch.layer_norm(x, [WIDTH], n1w, n1b, 1.0e-6)
          h = torch.linear(h, qkv, torch.cat([qb, torch.zeros_like(vb), vb]))
          qkv3 = torch.unbind(torch.permute(torch.view(h, [n, s, 3, HEADS, SIDE]), [2, 0, 3, 1, 4]), 0)
          a = torch.matmul(torch.mul(qkv3[0], SCALE), torch.transpose(qkv3[1], -2, -1))
          a = torch.softmax(torch.add_(torch.add_(a, bias), mask), -1)
          o = torch.matmul(a, qkv3[2])
          o = torch.reshape(torch.transpose(o, 1, 2), [n, s, WIDTH])
          x = torch.addcmul(x, torch.linear(o, pw, pb), g1)
          h = torch.layer_norm(x, [WIDTH], n2w, n2b, 1.0e-6)
          h = torch.linear(torch.gelu(torch.linear(h, w1, b1)), w2, b2)
          return torch.addcmul(x, h, g2)
        def layer_at(self, x: Tensor, at: Tensor, bias: Tensor, mask: Tensor, g1: Tensor, g2: Tensor, n1w: Tensor, n1b: Tensor, qb: Tensor, vb: Tensor, qkv: Tensor, pw: Tensor, pb: Tensor, n2w: Tensor, n2b: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
          n = torch.size(x, 0)
          s = torch.size(x, 1)
          k = torch.size(at, 1)
          h = torch.layer_norm(x, [WIDTH], n1w, n1b, 1.0e-6)
          wide = torch.expand(torch.unsqueeze(at, -1), [n, k, WIDTH])
          x = torch.gather(x, 1, wide)
          q = torch.linear(torch.gather(h, 1, wide), torch.narrow(qkv, 0, 0, WIDTH), qb)
          q = torch.mul(torch.transpose(torch.view(q, [n, k, HEADS, SIDE]), 1, 2), SCALE)
          kv = torch.linear(h, torch.narrow(qkv, 0, WIDTH, WIDE2), torch.cat([torch.zeros_like(vb), vb]))
          kv2 = torch.unbind(torch.permute(torch.view(kv, [n, s, 2, HEADS, SIDE]), [2, 0, 3, 1, 4]), 0)
          a = torch.matmul(q, torch.transpose(kv2[0], -2, -1))
          rows = torch.view(torch.index_select(bias, 1, torch.flatten(at, 0, -1)), [HEADS, n, k, s])
          a = torch.add_(a, torch.transpose(rows, 0, 1))
          a = torch.softmax(torch.add_(a, mask), -1)
          o = torch.matmul(a, kv2[1])
          o = torch.reshape(torch.transpose(o, 1, 2), [n, k, WIDTH])
          x = torch.addcmul(x, torch.linear(o, pw, pb), g1)
          h = torch.layer_norm(x, [WIDTH], n2w, n2b, 1.0e-6)
          h = torch.linear(torch.gelu(torch.linear(h, w1, b1)), w2, b2)
          return torch.addcmul(x, h, g2)
        def norm(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.layer_norm(x, [WIDTH], w, b, 1.0e-6)
        def pool(self, first: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.tanh(torch.linear(first, w, b))
        def project(self, first: Tensor, w: Tensor) -> Tensor:
          x = torch.linear(first, w)
          return torch.div(x, torch.norm(x, 2, [-1], True))
        def linear(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.linear(x, w, b)
        def mlm(self, x: Tensor, dw: Tensor, db: Tensor, nw: Tensor, nb: Tensor, w: Tensor, b: Tensor) -> Tensor:
          h = torch.gelu(torch.linear(x, dw, db))
          h = torch.layer_norm(h, [WIDTH], nw, nb, 1.0e-12)
          return torch.linear(h, w, b)
        def answers(self, x: Tensor, w0: Tensor, b0: Tensor, nw: Tensor, nb: Tensor, w3: Tensor, b3: Tensor) -> Tensor:
          h = torch.layer_norm(torch.linear(x, w0, b0), [WIDE2], nw, nb, 1.0e-5)
          return torch.linear(torch.gelu(h), w3, b3)
        def rows(self, x: Tensor, index: Tensor) -> Tensor:
          return torch.index_select(x, 0, index)
        def first(self, x: Tensor) -> Tensor:
          return torch.select(x, 1, 0)
        def side_by_side(self, x: Tensor, y: Tensor) -> Tensor:
          return torch.cat([x, y], 1)
        def stacked(self, x: Tensor, y: Tensor) -> Tensor:
          return torch.cat([x, y], 0)
      """;

  private ModelScript() {}

  static Script of(ModelConfig config, String precision, NDManager manager) {
    int side = config.width() / config.heads();
    return new Script(
        manager,
        (METHODS
                + LayerScript.of(precision)
                + JointLayer.METHODS
                + DropPath.METHODS
                + TextDropout.METHODS
                + HeadScript.of(config))
            .replace("IMAGE_TOKENS", Integer.toString(config.imageTokens()))
            .replace("WIDE3", Integer.toString(3 * config.width()))
            .replace("WIDE2", Integer.toString(2 * config.width()))
            .replace("WIDTH", Integer.toString(config.width()))
            .replace("PATCH", Integer.toString(config.patch()))
            .replace("LAYERS", Integer.toString(config.layers()))
            .replace("HEADS", Integer.toString(config.heads()))
            .replace("SCALE", Double.toString(1 / Math.sqrt(side)))
            .replace("SIDE", Integer.toString(side)));
  }
}
