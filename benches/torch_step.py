"""One pre-training step of the modality-specific model in eager PyTorch, for comparison.

python3 torch_step.py --width 64 --layers 6 --heads 2 --batch 64 --text 14 --steps 20 --threads 1
Six passes as the released code has them (two unimodal with their cross-modal tails, four joint),
or with --shared every lower layer computed once. Prints milliseconds a step, one line each.
"""

import argparse
import math
import time

import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(width))
        self.v_bias = nn.Parameter(torch.zeros(width))
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x, gamma1, gamma2, bias, mask):
        n, s, d = x.shape
        qkv_bias = torch.cat([self.q_bias, torch.zeros_like(self.v_bias), self.v_bias])
        qkv = F.linear(self.norm1(x), self.qkv.weight, qkv_bias)
        q, k, v = qkv.view(n, s, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        a = (q * (d // self.heads) ** -0.5) @ k.transpose(-2, -1) + bias + mask
        o = (a.softmax(-1) @ v).transpose(1, 2).reshape(n, s, d)
        x = x + gamma1 * self.proj(o)
        return x + gamma2 * self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Model(nn.Module):
    def __init__(self, o):
        super().__init__()
        d, self.o = o.width, o
        self.bottom = o.layers - o.cross
        self.tokens = (o.image // o.patch) ** 2 + 1
        self.patch = nn.Conv2d(3, d, o.patch, o.patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, d))
        self.words = nn.Embedding(o.vocabulary, d)
        self.types = nn.Embedding(2, d)
        self.word_norm = nn.LayerNorm(d)
        for name, count in (("v", o.layers), ("l", o.layers), ("vl", o.layers)):
            setattr(self, name, nn.ModuleList(
                Layer(d, o.heads) if name != "vl" or i >= self.bottom else nn.Identity()
                for i in range(count)))
        self.gamma = nn.Parameter(torch.ones(o.layers, 2, d))
        self.table = nn.Parameter(torch.zeros(446, o.heads * o.layers))
        self.norm = nn.LayerNorm(d, eps=1e-6)
        self.pool = nn.Linear(d, d)
        self.itm = nn.Linear(d, 2)
        self.mlm1, self.mlm_norm = nn.Linear(d, d), nn.LayerNorm(d)
        self.mlm2 = nn.Linear(d, o.vocabulary)
        self.proj = nn.ModuleList(nn.Linear(d, d, bias=False) for _ in range(4))
        self.scale = nn.Parameter(torch.full((2,), math.log(1 / 0.07)))
        joint = self.tokens + o.text
        self.index = {s: torch.randint(0, 446, (s * s,)) for s in (self.tokens, o.text, joint)}

    def bias(self, s):
        o = self.o
        rows = self.table[self.index[s]].view(s, s, o.layers, o.heads)
        return rows.permute(2, 3, 0, 1).contiguous()

    def run(self, x, expert, bias, start, stop, mask):
        for i in range(start, stop):
            x = getattr(self, expert)[i](x, self.gamma[i, 0], self.gamma[i, 1], bias[i], mask)
        return x

    def embed_image(self, pixels):
        x = self.patch(pixels).flatten(2).transpose(1, 2)
        return torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.types.weight[1]

    def embed_text(self, ids):
        return self.word_norm(self.words(ids)) + self.types.weight[0]

    def forward(self, pixels, ids, masked, positions, targets, mask, shared):
        o, n, m = self.o, len(ids), self.bottom
        zero = torch.zeros(1, 1, 1, 1)
        joint_mask = torch.cat([mask, torch.zeros(n, 1, 1, self.tokens)], 3)
        bi, bt, bj = self.bias(self.tokens), self.bias(o.text), self.bias(self.tokens + o.text)

        def image_bottom(p):
            return self.run(self.embed_image(p), "v", bi, 0, m, zero)

        def text_bottom(t, k):
            return self.run(self.embed_text(t), "l", bt, 0, m, k)

        def joint(text, image, k):
            x = self.run(torch.cat([text, image], 1), "vl", bj, m, o.layers, k)
            return self.norm(x)

        image, text = image_bottom(pixels), text_bottom(ids, mask)
        feature = lambda x, p: F.normalize(self.proj[p](self.norm(x)[:, 0]), dim=-1)
        fi = feature(self.run(image, "v", bi, m, o.layers, zero), 0)
        ft = feature(self.run(text, "l", bt, m, o.layers, mask), 1)
        gi = feature(self.run(image, "vl", bi, m, o.layers, zero), 2)
        gt = feature(self.run(text, "vl", bt, m, o.layers, mask), 3)
        target = torch.arange(n)

        def contrast(a, b, s):
            logits = s.exp() * a @ b.t()
            return (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2

        itc = (contrast(fi, ft, self.scale[0]) + contrast(gi, gt, self.scale[1])) / 2
        other = (target + 1) % n
        if shared:
            ti, ii = torch.cat([target, target, other]), torch.cat([target, other, target])
            x = joint(text[ti], image[ii], joint_mask[ti])
            itm_states = x[:, 0]
            mlm_image = image
        else:
            parts = []
            for ti, ii in ((target, target), (target, other), (other, target)):
                parts.append(joint(text_bottom(ids[ti], mask[ti]), image_bottom(pixels[ii]),
                                   joint_mask[ti])[:, 0])
            itm_states = torch.cat(parts)
            mlm_image = image_bottom(pixels)
        labels = torch.cat([torch.ones(n), torch.zeros(2 * n)]).long()
        itm = F.cross_entropy(self.itm(torch.tanh(self.pool(itm_states))), labels)
        x = joint(text_bottom(masked, mask), mlm_image, joint_mask)[:, :o.text]
        h = self.mlm_norm(F.gelu(self.mlm1(x)))
        labels = torch.full((n, o.text), -100)
        labels[torch.arange(n)[:, None], positions] = targets
        mlm = F.cross_entropy(self.mlm2(h).flatten(0, 1), labels.flatten(), ignore_index=-100)
        return itc + itm + mlm


def main():
    p = argparse.ArgumentParser(description=__doc__)
    for name, default in (("width", 64), ("layers", 6), ("cross", 2), ("heads", 2), ("batch", 64),
                          ("text", 14), ("image", 32), ("patch", 8), ("vocabulary", 250),
                          ("steps", 20), ("threads", 1)):
        p.add_argument("--" + name, type=int, default=default)
    p.add_argument("--shared", action="store_true")
    o = p.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    model = Model(o)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, (0.9, 0.98), 1e-8, 0.01)
    for step in range(o.steps):
        pixels = torch.rand(o.batch, 3, o.image, o.image) * 2 - 1
        ids = torch.randint(5, o.vocabulary, (o.batch, o.text))
        positions = torch.randint(1, o.text - 1, (o.batch, 2))
        targets = torch.randint(5, o.vocabulary, (o.batch, 2))
        mask = torch.zeros(o.batch, 1, 1, o.text)
        began = time.perf_counter()
        loss = model(pixels, ids, ids, positions, targets, mask, o.shared)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        loss.item()
        print(f"{(time.perf_counter() - began) * 1000:.1f}", flush=True)


if __name__ == "__main__":
    main()
