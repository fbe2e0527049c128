"""The peer of `ropewalk bench train`: the same llama and the same AdamW step in PyTorch, f32 on the CPU.

Asked line by line on standard input: {"width", "layers", "heads", "feed_forward", "vocabulary", "window", "batch", "threads"} builds a
model, {"step": true} trains one step on a fixed batch and answers with seconds, loss and peak memory. Written with torch's own
operations; torch 1.13 has no fused attention on the CPU, so attention is the two products and the softmax.
"""

import json
import math
import resource
import sys
import time

import torch
import torch.nn.functional as F


class Norm(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.weight


class Layer(torch.nn.Module):
    def __init__(self, width, heads, feed_forward):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = Norm(width), Norm(width)
        self.q, self.k, self.v, self.o = (torch.nn.Linear(width, width, bias=False) for _ in range(4))
        self.gate, self.up = (torch.nn.Linear(width, feed_forward, bias=False) for _ in range(2))
        self.down = torch.nn.Linear(feed_forward, width, bias=False)

    def forward(self, x, cos, sin, mask):
        batch, window, width = x.shape
        n = self.norm1(x)
        q, k, v = (p(n).view(batch, window, self.heads, -1).transpose(1, 2) for p in (self.q, self.k, self.v))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        scores = (q @ k.transpose(-1, -2)) * (1 / math.sqrt(width // self.heads)) + mask
        x = x + self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, window, width))
        n = self.norm2(x)
        return x + self.down(F.silu(self.gate(n)) * self.up(n))


class Model(torch.nn.Module):
    def __init__(self, width, layers, heads, feed_forward, vocabulary):
        super().__init__()
        self.embed = torch.nn.Embedding(vocabulary, width)
        self.layers = torch.nn.ModuleList(Layer(width, heads, feed_forward) for _ in range(layers))
        self.norm = Norm(width)
        for p in self.parameters():
            if p.dim() > 1:
                torch.nn.init.normal_(p, std=0.02)

    def forward(self, tokens, cos, sin, mask):
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return F.linear(self.norm(x), self.embed.weight)


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)


def answer(**values):
    print(json.dumps(values), flush=True)


for line in sys.stdin:
    ask = json.loads(line)
    if "width" in ask:
        torch.set_num_threads(ask["threads"])
        torch.manual_seed(0)
        window, k = ask["window"], ask["width"] // ask["heads"]
        model = Model(ask["width"], ask["layers"], ask["heads"], ask["feed_forward"], ask["vocabulary"])
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1)
        angles = torch.arange(window)[:, None] * 10000.0 ** (-torch.arange(k // 2) * 2 / k)
        cos, sin = angles.cos(), angles.sin()
        mask = torch.full((window, window), -math.inf).triu(1)
        tokens = (torch.arange(ask["batch"] * (window + 1)) * 7919 % ask["vocabulary"]).view(ask["batch"], window + 1)
        answer(torch=torch.__version__, parameters=sum(p.numel() for p in model.parameters()))
        continue
    start = time.perf_counter()
    logits = model(tokens[:, :-1], cos, sin, mask)
    loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    answer(seconds=time.perf_counter() - start, loss=loss.item(), peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
