package org.amalgam.stages.model;

/**
 * A layer and its derivative written out, as TorchScript.
 *
 * <p>Against the same layer under autograd this saves passes over memory: LayerScale and the
 * attention scale are folded into the weights once a step, residuals are what a matrix product adds
 * to, position bias and mask are what attention's product adds to, queries, keys and values are
 * laid out for the batched products once, and every gradient of a weight is added where the
 * optimizer reads it. {@code ModelScript}'s {@code layer} and {@code layer_at} are the plain form.
 *
 * <p>Lists: {@code w} is the layer's tensors in the order of {@link LayerTape#NAMES}, {@code d}
 * their gradients, {@code f} what {@code fold} gives, {@code r} what the forward method gave after
 * its result.
 */
final class LayerScript {
  private static final String METHODS =
      """
        def fold(self, w: List[Tensor]) -> List[Tensor]:
          qkv = torch.cat([torch.mul(torch.narrow(w[6], 0, 0, WIDTH), SCALE), torch.narrow(w[6], 0, WIDTH, WIDE2)], 0)
          qkvb = torch.cat([torch.mul(w[4], SCALE), torch.zeros_like(w[5]), w[5]], 0)
          pw = torch.mul(w[7], torch.unsqueeze(w[0], 1))
          w2 = torch.mul(w[13], torch.unsqueeze(w[1], 1))
          return [qkv, qkvb, pw, torch.mul(w[8], w[0]), w2, torch.mul(w[14], w[1])]
        def ffn_forward(self, x1: Tensor, w: List[Tensor], f: List[Tensor]) -> List[Tensor]:
          h, mean, rstd = torch.native_layer_norm(x1, [WIDTH], w[9], w[10], 1.0e-6)
          u = self.linear_of(h, w[11], w[12])
          g = torch.gelu(u)
          y = self.add_mm(torch.add(x1, f[5]), g, torch.t(f[4]))
          return [y, x1, mean, rstd, h, u, g]
        def scaled_backward(self, dy: Tensor, input: Tensor, weight: Tensor, bias: Tensor, scale: Tensor, dw: Tensor, db: Tensor, ds: Tensor) -> int:
          t = self.mm(torch.t(dy), input)
          s = torch.sum(dy, [0])
          torch.addcmul_(dw, t, torch.unsqueeze(scale, 1))
          torch.addcmul_(db, s, scale)
          torch.add_(torch.addcmul_(ds, s, bias), torch.sum(torch.mul_(t, weight), [1]))
          return 0
        def ffn_backward(self, dy: Tensor, r: List[Tensor], w: List[Tensor], f: List[Tensor], d: List[Tensor]) -> Tensor:
          self.scaled_backward(dy, r[5], w[13], w[14], w[1], d[13], d[14], d[1])
          dg = self.mm(dy, f[4])
          du = torch.gelu_backward(dg, r[4], grad_input=dg)
          self.add_mm(d[11], torch.t(du), r[3])
          torch.add_(d[12], torch.sum(du, [0]))
          dh = self.mm(du, w[11])
          dx, dn, db = torch.native_layer_norm_backward(dh, r[0], [WIDTH], r[1], r[2], w[9], w[10], [True, True, True])
          torch.add_(d[9], dn)
          torch.add_(d[10], db)
          return torch.add_(dx, dy)
        def norm1_backward(self, dh: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, w: List[Tensor], d: List[Tensor]) -> Tensor:
          dx, dn, db = torch.native_layer_norm_backward(dh, x, [WIDTH], mean, rstd, w[2], w[3], [True, True, True])
          torch.add_(d[2], dn)
          torch.add_(d[3], db)
          return dx
        def layer_forward(self, x: Tensor, bias: Tensor, mask: Tensor, w: List[Tensor], f: List[Tensor]) -> List[Tensor]:
          n = torch.size(x, 0)
          s = torch.size(x, 1)
          h, mean, rstd = torch.native_layer_norm(x, [WIDTH], w[2], w[3], 1.0e-6)
          p = torch.view(self.linear_of(h, f[0], f[1]), [n, s, 3, HEADS, SIDE])
          p = torch.view(torch.contiguous(torch.permute(p, [2, 0, 3, 1, 4])), [3, -1, s, SIDE])
          a = torch.reshape(torch.expand(torch.add(bias, mask), [n, HEADS, s, s]), [-1, s, s])
          a = torch.softmax(self.add_bmm(a, torch.select(p, 0, 0), torch.transpose(torch.select(p, 0, 1), 1, 2)), -1)
          o = torch.view(self.bmm(a, torch.select(p, 0, 2)), [n, HEADS, s, SIDE])
          o = torch.reshape(torch.transpose(o, 1, 2), [-1, WIDTH])
          x1 = self.add_mm(torch.view(torch.add(x, f[3]), [-1, WIDTH]), o, torch.t(f[2]))
          r = self.ffn_forward(x1, w, f)
          return [torch.view(r[0], [n, s, WIDTH]), r[1], r[2], r[3], r[4], r[5], r[6], x, h, mean, rstd, p, a, o]
        def layer_backward(self, dy: Tensor, r: List[Tensor], w: List[Tensor], f: List[Tensor], d: List[Tensor], dbias: Tensor) -> Tensor:
          x = r[6]
          n = torch.size(x, 0)
          s = torch.size(x, 1)
          p = r[10]
          a = r[11]
          dx1 = self.ffn_backward(torch.reshape(dy, [-1, WIDTH]), r, w, f, d)
          self.scaled_backward(dx1, r[12], w[7], w[8], w[0], d[7], d[8], d[0])
          do = torch.view(self.mm(dx1, f[2]), [n, s, HEADS, SIDE])
          do = torch.reshape(torch.transpose(do, 1, 2), [-1, s, SIDE])
          dp = torch.empty_like(p)
          self.bmm_into(torch.select(dp, 0, 2), torch.transpose(a, 1, 2), do)
          da = self.bmm(do, torch.transpose(torch.select(p, 0, 2), 1, 2))
          da = torch._softmax_backward_data(da, a, -1, 6)
          torch.add_(dbias, torch.sum(torch.view(da, [n, HEADS, s, s]), [0]))
          self.bmm_into(torch.select(dp, 0, 0), da, torch.select(p, 0, 1))
          self.bmm_into(torch.select(dp, 0, 1), torch.transpose(da, 1, 2), torch.select(p, 0, 0))
          dp = torch.permute(torch.view(dp, [3, n, HEADS, s, SIDE]), [1, 3, 0, 2, 4])
          dp = torch.reshape(dp, [-1, WIDE3])
          t = self.mm(torch.t(dp), torch.view(r[7], [-1, WIDTH]))
          torch.add_(torch.narrow(d[6], 0, 0, WIDTH), torch.narrow(t, 0, 0, WIDTH), alpha=SCALE)
          torch.add_(torch.narrow(d[6], 0, WIDTH, WIDE2), torch.narrow(t, 0, WIDTH, WIDE2))
          t = torch.sum(dp, [0])
          torch.add_(d[4], torch.narrow(t, 0, 0, WIDTH), alpha=SCALE)
          torch.add_(d[5], torch.narrow(t, 0, WIDE2, WIDTH))
          dh = torch.view(self.mm(dp, f[0]), [n, s, WIDTH])
          return torch.add_(self.norm1_backward(dh, x, r[8], r[9], w, d), torch.view(dx1, [n, s, WIDTH]))
        def layer_at_forward(self, x: Tensor, at: Tensor, bias: Tensor, mask: Tensor, w: List[Tensor], f: List[Tensor]) -> List[Tensor]:
          n = torch.size(x, 0)
          s = torch.size(x, 1)
          k = torch.size(at, 1)
          h, mean, rstd = torch.native_layer_norm(x, [WIDTH], w[2], w[3], 1.0e-6)
          wide = torch.expand(torch.unsqueeze(at, -1), [n, k, WIDTH])
          ha = torch.view(torch.gather(h, 1, wide), [-1, WIDTH])
          q = self.linear_of(ha, torch.narrow(f[0], 0, 0, WIDTH), torch.narrow(f[1], 0, 0, WIDTH))
          q = torch.reshape(torch.transpose(torch.view(q, [n, k, HEADS, SIDE]), 1, 2), [-1, k, SIDE])
          p = self.linear_of(h, torch.narrow(f[0], 0, WIDTH, WIDE2), torch.narrow(f[1], 0, WIDTH, WIDE2))
          p = torch.contiguous(torch.permute(torch.view(p, [n, s, 2, HEADS, SIDE]), [2, 0, 3, 1, 4]))
          p = torch.view(p, [2, -1, s, SIDE])
          a = torch.view(torch.index_select(bias, 1, torch.flatten(at, 0, -1)), [HEADS, n, k, s])
          a = torch.reshape(torch.contiguous(torch.add(torch.transpose(a, 0, 1), mask)), [-1, k, s])
          a = torch.softmax(self.add_bmm(a, q, torch.transpose(torch.select(p, 0, 0), 1, 2)), -1)
          o = torch.view(self.bmm(a, torch.select(p, 0, 1)), [n, HEADS, k, SIDE])
          o = torch.reshape(torch.transpose(o, 1, 2), [-1, WIDTH])
          x1 = torch.view(torch.add(torch.gather(x, 1, wide), f[3]), [-1, WIDTH])
          x1 = self.add_mm(x1, o, torch.t(f[2]))
          r = self.ffn_forward(x1, w, f)
          return [torch.view(r[0], [n, k, WIDTH]), r[1], r[2], r[3], r[4], r[5], r[6], x, h, mean, rstd, p, a, o, q, ha, at]
        def layer_at_backward(self, dy: Tensor, r: List[Tensor], w: List[Tensor], f: List[Tensor], d: List[Tensor], dbias: Tensor) -> Tensor:
          x = r[6]
          p = r[10]
          a = r[11]
          at = r[15]
          n = torch.size(x, 0)
          s = torch.size(x, 1)
          k = torch.size(at, 1)
          wide = torch.expand(torch.unsqueeze(at, -1), [n, k, WIDTH])
          dx1 = self.ffn_backward(torch.reshape(dy, [-1, WIDTH]), r, w, f, d)
          self.scaled_backward(dx1, r[12], w[7], w[8], w[0], d[7], d[8], d[0])
          do = torch.view(self.mm(dx1, f[2]), [n, k, HEADS, SIDE])
          do = torch.reshape(torch.transpose(do, 1, 2), [-1, k, SIDE])
          dp = torch.empty_like(p)
          self.bmm_into(torch.select(dp, 0, 1), torch.transpose(a, 1, 2), do)
          da = self.bmm(do, torch.transpose(torch.select(p, 0, 1), 1, 2))
          da = torch._softmax_backward_data(da, a, -1, 6)
          rows = torch.transpose(torch.view(da, [n, HEADS, k, s]), 0, 1)
          torch.index_add_(dbias, 1, torch.flatten(at, 0, -1), torch.reshape(rows, [HEADS, -1, s]))
          dq = torch.view(self.bmm(da, torch.select(p, 0, 0)), [n, HEADS, k, SIDE])
          dq = torch.reshape(torch.transpose(dq, 1, 2), [-1, WIDTH])
          self.bmm_into(torch.select(dp, 0, 0), torch.transpose(da, 1, 2), r[13])
          dp = torch.permute(torch.view(dp, [2, n, HEADS, s, SIDE]), [1, 3, 0, 2, 4])
          dp = torch.reshape(dp, [-1, WIDE2])
          torch.add_(torch.narrow(d[6], 0, 0, WIDTH), self.mm(torch.t(dq), r[14]), alpha=SCALE)
          self.add_mm(torch.narrow(d[6], 0, WIDTH, WIDE2), torch.t(dp), torch.view(r[7], [-1, WIDTH]))
          torch.add_(d[4], torch.sum(dq, [0]), alpha=SCALE)
          torch.add_(d[5], torch.narrow(torch.sum(dp, [0]), 0, WIDTH, WIDTH))
          dh = torch.view(self.mm(dp, torch.narrow(f[0], 0, WIDTH, WIDE2)), [n, s, WIDTH])
          dq = torch.view(self.mm(dq, torch.narrow(f[0], 0, 0, WIDTH)), [n, k, WIDTH])
          torch.scatter_add_(dh, 1, wide, dq)
          dx = self.norm1_backward(dh, x, r[8], r[9], w, d)
          return torch.scatter_add_(dx, 1, wide, torch.view(dx1, [n, k, WIDTH]))
        def position_biases(self, table: Tensor, index: Tensor) -> Tensor:
          s = torch.size(index, 0)
          rows = torch.index_select(table, 0, torch.flatten(index, 0, -1))
          return torch.contiguous(torch.permute(torch.view(rows, [s, s, LAYERS, HEADS]), [2, 3, 0, 1]))
      """;

  private static final String F32_PRODUCTS =
      """
        def mm(self, a: Tensor, b: Tensor) -> Tensor:
          return torch.mm(a, b)
        def bmm(self, a: Tensor, b: Tensor) -> Tensor:
          return torch.bmm(a, b)
        def bmm_into(self, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.bmm(a, b, out=out)
        def add_mm(self, sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.addmm_(sum, a, b)
        def add_bmm(self, sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.baddbmm_(sum, a, b)
        def linear_of(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.linear(x, w, b)
      """;

  /** Factors are rounded to bf16 (type 15), sums inside a product and everything else are f32. */
  private static final String BF16_PRODUCTS =
      """
        def mm(self, a: Tensor, b: Tensor) -> Tensor:
          return torch.to(torch.mm(torch.to(a, 15), torch.to(b, 15)), 6)
        def bmm(self, a: Tensor, b: Tensor) -> Tensor:
          return torch.to(torch.bmm(torch.to(a, 15), torch.to(b, 15)), 6)
        def bmm_into(self, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.copy_(out, torch.bmm(torch.to(a, 15), torch.to(b, 15)))
        def add_mm(self, sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.add_(sum, torch.mm(torch.to(a, 15), torch.to(b, 15)))
        def add_bmm(self, sum: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.add_(sum, torch.bmm(torch.to(a, 15), torch.to(b, 15)))
        def linear_of(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.add_(torch.to(torch.linear(torch.to(x, 15), torch.to(w, 15)), 6), b)
      """;

  private LayerScript() {}

  /**
   * The methods for a precision.
   *
   * @param precision "f32" or "bf16"
   */
  static String of(String precision) {
    return METHODS + (precision.equals("bf16") ? BF16_PRODUCTS : F32_PRODUCTS);
  }
}
