"""Gradients of a tiny llama by PyTorch's autograd: what ours are held against from outside.

Run once, with Debian 12's python3-torch (1.13.1): python3 make_training_gradients.py > training_gradients.json
Everything is float64. Weights, tokens and probe vectors are formulas that the test computes too (see weight() and probe()), so the
file holds no more than the loss, six steps of AdamW, for each tensor the gradient's dot products with two probe vectors and a few of its numbers, and
the gradients of the inverse frequencies and of the attention factor. The network is written from the papers (RMSNorm 1910.07467,
RoPE 2104.09864 in the half layout, grouped queries 2305.13245, gated SiLU 2002.05202) with torch's own operations, none of ours.
"""

import json
import math

import torch

D, H, G, K, F, V, LAYERS, T = 24, 4, 2, 6, 20, 40, 2, 50
EPSILON, BASE, FACTOR = 1e-5, 1000.0, 1.15


def weight(number, rows, columns, is_scale=False):
    index = torch.arange(rows * columns, dtype=torch.float64)
    values = torch.sin(0.37 * (number + 1) * (index + 1) + number)
    values = 1 + 0.2 * values if is_scale else values * 1.5 / math.sqrt(columns)
    return values.to(torch.float32).to(torch.float64).reshape((columns,) if rows == 1 else (rows, columns))


def probe(which, count):
    return torch.cos(0.61 * (which + 1) * torch.arange(count, dtype=torch.float64) + which)


shapes = {"model.embed_tokens.weight": (V, D), "model.norm.weight": (1, D), "lm_head.weight": (V, D)}
for i in range(LAYERS):
    p = f"model.layers.{i}."
    shapes |= {
        p + "input_layernorm.weight": (1, D), p + "post_attention_layernorm.weight": (1, D),
        p + "self_attn.q_proj.weight": (H * K, D), p + "self_attn.k_proj.weight": (G * K, D),
        p + "self_attn.v_proj.weight": (G * K, D), p + "self_attn.o_proj.weight": (D, H * K),
        p + "mlp.gate_proj.weight": (F, D), p + "mlp.up_proj.weight": (F, D), p + "mlp.down_proj.weight": (D, F),
    }
w = {name: weight(n, *shape, is_scale=shape[0] == 1).requires_grad_() for n, (name, shape) in enumerate(shapes.items())}
frequencies = (BASE ** (-torch.arange(K // 2, dtype=torch.float64) * 2 / K)).requires_grad_()
factor = torch.tensor(FACTOR, dtype=torch.float64, requires_grad=True)
tokens = torch.tensor([(7 * t * t + 3 * t + 5) % V for t in range(T)])

angles = torch.arange(T, dtype=torch.float64)[:, None] * frequencies[None, :]
cos, sin = torch.cos(angles)[:, None, :] * factor, torch.sin(angles)[:, None, :] * factor


def norm(x, scale):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + EPSILON) * scale


def rotate(x):
    a, b = x[..., : K // 2], x[..., K // 2 :]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


x = w["model.embed_tokens.weight"][tokens]
for i in range(LAYERS):
    p = f"model.layers.{i}."
    n = norm(x, w[p + "input_layernorm.weight"])
    q = rotate((n @ w[p + "self_attn.q_proj.weight"].T).view(T, H, K))
    k = rotate((n @ w[p + "self_attn.k_proj.weight"].T).view(T, G, K)).repeat_interleave(H // G, 1)
    v = (n @ w[p + "self_attn.v_proj.weight"].T).view(T, G, K).repeat_interleave(H // G, 1)
    scores = torch.einsum("thk,shk->hts", q, k) / math.sqrt(K)
    scores = scores.masked_fill(torch.triu(torch.ones(T, T, dtype=torch.bool), 1), -math.inf)
    x = x + torch.einsum("hts,shk->thk", scores.softmax(-1), v).reshape(T, H * K) @ w[p + "self_attn.o_proj.weight"].T
    n = norm(x, w[p + "post_attention_layernorm.weight"])
    middle = torch.nn.functional.silu(n @ w[p + "mlp.gate_proj.weight"].T) * (n @ w[p + "mlp.up_proj.weight"].T)
    x = x + middle @ w[p + "mlp.down_proj.weight"].T
logits = norm(x, w["model.norm.weight"]) @ w["lm_head.weight"].T
loss = torch.nn.functional.cross_entropy(logits[:-1], tokens[1:], reduction="sum")
loss.backward()

# Six steps of AdamW with a clipped gradient and a rate that rises, on twelve numbers.
moved = weight(50, 3, 4).requires_grad_()
adamw = torch.optim.AdamW([moved], betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
norms = []
for step in range(6):
    moved.grad = torch.sin(1.7 * torch.arange(12, dtype=torch.float64) + step).to(torch.float32).to(torch.float64).reshape(3, 4)
    norms.append(torch.nn.utils.clip_grad_norm_([moved], 0.5).item())
    adamw.param_groups[0]["lr"] = 0.01 * (step + 1)
    adamw.step()

result = {
    "produced_by": {"script": "make_training_gradients.py", "torch": torch.__version__, "precision": "float64"},
    "loss": loss.item(),
    "frequencies": frequencies.grad.tolist(),
    "factor": factor.grad.item(),
    "adamw": {"values": moved.detach().flatten().tolist(), "norms": norms},
    "tensors": {
        name: {
            "probes": [torch.dot(t.grad.flatten(), probe(which, t.numel())).item() for which in range(2)],
            "norm": t.grad.norm().item(),
            "every": 1 + t.numel() // 5,
            "values": t.grad.flatten()[:: 1 + t.numel() // 5].tolist(),
        }
        for name, t in w.items()
    },
}
print(json.dumps(result, indent=1))
