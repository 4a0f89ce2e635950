"""The steps of a pre-training in eager PyTorch, with the weights and the batches of ours.

python3 torch_step.py DIRECTORY --width 128 --layers 12 --heads 4 --threads 2 [--shared]
python3 torch_step.py DIRECTORY ... --facts | --products

DIRECTORY holds start.safetensors and batches.safetensors as the TrainingStep bench writes them. Six
whole passes as the released code has them (two unimodal with their cross-modal tails, four joint),
or with --shared every lower layer computed once. Prints the milliseconds and the loss of each step.
With --facts: the products that a step needs (GFLOP, mean over the batches) when every lower layer
is computed once and the last layer only where it is read, and this machine's matrix-product peak.
With --products: these products of the median step, a row each: times batch m k n.
"""

import argparse
import json
import math
import mmap
import struct
import time

import torch
import torch.nn.functional as F

DTYPES = {"F32": torch.float32, "I64": torch.int64, "U8": torch.uint8}
CROSS, TABLE_TEXT = 2, 196


def read(path):
    with open(path, "rb") as f:
        data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(bytearray(data[8 + size + t["data_offsets"][0]:
                                                  8 + size + t["data_offsets"][1]]),
                                   dtype=DTYPES[t["dtype"]]).view(t["shape"])
            for name, t in header.items()}


def image_index(grid):
    area = (2 * grid - 1) ** 2 + 3
    cells = torch.arange(grid * grid)
    row, column = cells // grid, cells % grid
    offset = ((row[:, None] - row[None] + grid - 1) * (2 * grid - 1)
              + column[:, None] - column[None] + grid - 1)
    return cornered(offset, area)


def text_index(grid, length):
    area = (2 * grid - 1) ** 2 + 3
    zero = area + 2 + TABLE_TEXT - 2
    at = torch.arange(length)
    return cornered((zero + at[None] - at[:, None])[1:, 1:], area + 2 * TABLE_TEXT + 2)


def cornered(inner, end):
    index = torch.empty(len(inner) + 1, len(inner) + 1, dtype=torch.long)
    index[1:, 1:] = inner
    index[0, :], index[:, 0], index[0, 0] = end - 3, end - 2, end - 1
    return index


def joint_index(grid, length):
    area = (2 * grid - 1) ** 2 + 3
    text, image = text_index(grid, length), image_index(grid)
    return torch.cat([torch.cat([text, torch.full((length, len(image)), area)], 1),
                      torch.cat([torch.full((len(image), length), area + 1), image], 1)])


class Step:
    def __init__(self, o, weights):
        self.o, self.w = o, weights
        self.bottom = o.layers - CROSS
        self.patch = weights["transformer.patch_embed.proj.weight"].shape[-1]

    def linear(self, x, name, bias=True):
        return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"] if bias else None)

    def norm(self, x, name, eps):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], eps)

    def bias(self, index):
        o, s = self.o, len(index)
        rows = self.w["relative_position_bias_table"][index.flatten()]
        return rows.view(s, s, o.layers, o.heads).permute(2, 3, 0, 1).contiguous()

    def layer(self, x, number, expert, bias, mask):
        p = f"transformer.blocks.{number}."
        attention, mlp = f"{p}attn.{expert}", f"{p}mlp.{expert}"
        n, s, d = x.shape
        q_bias, v_bias = self.w[attention + ".q_bias"], self.w[attention + ".v_bias"]
        qkv = F.linear(self.norm(x, f"{p}norm1.{expert}", 1e-6), self.w[attention + ".qkv.weight"],
                       torch.cat([q_bias, torch.zeros_like(v_bias), v_bias]))
        q, k, v = qkv.view(n, s, 3, self.o.heads, -1).permute(2, 0, 3, 1, 4)
        a = (q * (d // self.o.heads) ** -0.5) @ k.transpose(-2, -1) + bias[number]
        if mask is not None:
            a = a + mask
        y = (a.softmax(-1) @ v).transpose(1, 2).reshape(n, s, d)
        x = x + self.w[p + "gamma_1"] * self.linear(y, attention + ".proj")
        h = F.gelu(self.linear(self.norm(x, f"{p}norm2.{expert}", 1e-6), mlp + ".fc1"))
        return x + self.w[p + "gamma_2"] * self.linear(h, mlp + ".fc2")

    def run(self, x, expert, bias, start, stop, mask):
        for number in range(start, stop):
            x = self.layer(x, number, expert, bias, mask)
        return x

    def image_bottom(self, pixels, bias):
        w = self.w
        x = F.conv2d(pixels, w["transformer.patch_embed.proj.weight"],
                     w["transformer.patch_embed.proj.bias"], stride=self.patch)
        x = torch.cat([w["transformer.cls_token"].expand(len(x), -1, -1),
                       x.flatten(2).transpose(1, 2)], 1)
        return self.run(x + w["token_type_embeddings.weight"][1], "v", bias, 0, self.bottom, None)

    def text_bottom(self, ids, mask, bias):
        w = self.w
        x = (w["text_embeddings.word_embeddings.weight"][ids]
             + w["text_embeddings.token_type_embeddings.weight"][0])
        x = self.norm(x, "text_embeddings.LayerNorm", 1e-12) + w["token_type_embeddings.weight"][0]
        return self.run(x, "l", bias, 0, self.bottom, mask)

    def feature(self, x, expert, bias, mask, projection):
        x = self.run(x, expert, bias, self.bottom, self.o.layers, mask)
        x = self.norm(x, "transformer.norm", 1e-6)[:, 0]
        return F.normalize(F.linear(x, self.w[f"ifm_{projection}_proj.fc.weight"]), dim=-1)

    def loss(self, b):
        o, w, n = self.o, self.w, len(b["ids"])
        pixels = b["pixels"].float() / 127.5 - 1
        grid = pixels.shape[-1] // self.patch
        length = b["ids"].shape[1]
        mask = b["mask"]
        joint_mask = torch.cat([mask, torch.zeros(n, 1, 1, grid * grid + 1)], 3)
        bi, bt = self.bias(image_index(grid)), self.bias(text_index(grid, length))
        bj = self.bias(joint_index(grid, length))

        def joint(text, image, m):
            x = self.run(torch.cat([text, image], 1), "vl", bj, self.bottom, o.layers, m)
            return self.norm(x, "transformer.norm", 1e-6)

        image, text = self.image_bottom(pixels, bi), self.text_bottom(b["ids"], mask, bt)
        target = torch.arange(n)

        def contrast(x, y, scale):
            logits = scale.exp() * x @ y.t()
            return (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2

        itc = (contrast(self.feature(image, "v", bi, None, "image"),
                        self.feature(text, "l", bt, mask, "text"), w["logit_scale"])
               + contrast(self.feature(image, "vl", bi, None, "vl_image"),
                          self.feature(text, "vl", bt, mask, "vl_text"), w["logit_vl_scale"])) / 2
        texts, images = b["itm_texts"], b["itm_images"]
        if o.shared:
            states = joint(text[texts], image[images], joint_mask[texts])[:, 0]
        else:
            states = torch.cat([
                joint(self.text_bottom(b["ids"][t], mask[t], bt),
                      self.image_bottom(pixels[i], bi), joint_mask[t])[:, 0]
                for t, i in zip(texts.split(n), images.split(n))])
            image = self.image_bottom(pixels, bi)
        pooled = torch.tanh(self.linear(states, "pooler.dense"))
        itm = F.cross_entropy(self.linear(pooled, "itm_score.fc"), b["itm_labels"])
        x = joint(self.text_bottom(b["masked"], mask, bt), image, joint_mask)[:, :length]
        x = F.gelu(self.linear(x.reshape(n * length, -1), "mlm_score.transform.dense"))
        x = self.norm(x, "mlm_score.transform.LayerNorm", 1e-12)
        logits = F.linear(x, w["mlm_score.decoder.weight"], w["mlm_score.bias"])
        labels = torch.full((n * length,), -100)
        labels[b["mlm_at"]] = b["mlm_words"]
        return itc + itm + F.cross_entropy(logits, labels, ignore_index=-100)


def products(o, b, weights):
    """
    The products of one step, backward included, as rows (times, batch, m, k, n) of (m, k) x (k, n):
    what is left to do when each image and text goes through the lower layers once and the last
    layer is computed only where it is read.
    """
    d, n, text = o.width, len(b["ids"]), b["ids"].shape[1]
    side, patch = d // o.heads, weights["transformer.patch_embed.proj.weight"].shape[-1]
    image = (b["pixels"].shape[-1] // patch) ** 2 + 1
    masked = len(b["mlm_at"])
    most = int(torch.bincount(b["mlm_at"] // text).max())
    rows = []

    def product(times, batch, m, k, n):
        rows.extend([(times, batch, m, k, n), (times, batch, m, n, k), (times, batch, k, m, n)])

    def linear(rows, inputs, outputs, times=1):
        product(times, 1, rows, inputs, outputs)

    def attention(batch, read, s, times):
        product(times, batch * o.heads, read, side, s)
        product(times, batch * o.heads, read, s, side)

    def layers(batch, s, count):
        for inputs, outputs in ((d, 3 * d), (d, d), (d, 4 * d), (4 * d, d)):
            linear(batch * s, inputs, outputs, count)
        attention(batch, s, s, count)

    def last(batch, s, k):
        linear(batch * s, d, 2 * d)
        for inputs, outputs in ((d, d), (d, d), (d, 4 * d), (4 * d, d)):
            linear(batch * k, inputs, outputs)
        attention(batch, k, s, 1)

    layers(n, image, o.layers - CROSS)
    layers(n, text, 2 * (o.layers - CROSS))
    for batch, s, k in ((n, image, 1), (n, image, 1), (n, text, 1), (n, text, 1),
                        (3 * n, image + text, 1), (n, image + text, most)):
        layers(batch, s, CROSS - 1)
        last(batch, s, k)
    linear(n, d, d, 4)
    product(2, 1, n, d, n)
    linear(3 * n, d, d)
    linear(masked, d, d)
    linear(masked, d, len(weights["mlm_score.bias"]))
    # Pixels take no gradient.
    rows.extend([(1, 1, n * (image - 1), 3 * patch * patch, d), (1, 1, 3 * patch * patch, n * (image - 1), d)])
    return [row for row in rows if row[0]]


def operations(rows):
    return sum(2 * times * batch * m * k * n for times, batch, m, k, n in rows)


def peak(size=2048, rounds=12):
    x, y = torch.rand(size, size), torch.rand(size, size)
    best = math.inf
    for _ in range(rounds):
        began = time.perf_counter()
        x @ y
        best = min(best, time.perf_counter() - began)
    return 2 * size ** 3 / best


def decayed(name):
    return not any(part in name for part in ("bias", "norm", "LayerNorm"))


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("directory")
    for name in ("width", "layers", "heads", "threads"):
        p.add_argument("--" + name, type=int, required=True)
    p.add_argument("--shared", action="store_true")
    p.add_argument("--facts", action="store_true", help="operations, peak and samples of a step")
    p.add_argument("--products", action="store_true", help="the products of the median step")
    o = p.parse_args()
    torch.set_num_threads(o.threads)
    weights = read(o.directory + "/start.safetensors")
    batches = {}
    for name, tensor in read(o.directory + "/batches.safetensors").items():
        step, name = name.split(".")
        batches.setdefault(int(step), {})[name] = tensor
    steps = [batches[i] for i in range(len(batches))]
    if o.facts:
        print(f"{sum(operations(products(o, b, weights)) for b in steps) / len(steps) / 1e9:.2f}"
              f" {peak() / 1e9:.1f} {sum(len(b['ids']) for b in steps) / len(steps):.0f}")
        return
    if o.products:
        every = sorted((products(o, b, weights) for b in steps), key=operations)
        for row in every[len(every) // 2]:
            print(*row)
        return
    for w in weights.values():
        w.requires_grad_(True)
    optimizer = torch.optim.AdamW(
        [{"params": [w for name, w in weights.items() if decayed(name)]},
         {"params": [w for name, w in weights.items() if not decayed(name)], "weight_decay": 0}],
        1e-3, (0.9, 0.98), 1e-8, 0.01)
    step = Step(o, weights)
    for i, batch in enumerate(steps):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * (len(steps) - i) / len(steps)
        began = time.perf_counter()
        loss = step.loss(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        value = loss.item()
        print(f"{(time.perf_counter() - began) * 1000:.1f} {value:.5f}", flush=True)


if __name__ == "__main__":
    main()
