"""Gradients of a contrastive loss in a tiny bert and a tiny nomic_bert by PyTorch's autograd: what ours are held against from outside.

Run once, with Debian 12's python3-torch (1.13.1): python3 make_embedder_gradients.py > embedder_gradients.json
Everything is float64. Weights, tokens and probe vectors are formulas that the test computes too (weight(), tokens(), probe()), so the file
holds the loss, and for each parameter the gradient's length, its dot products with two probe vectors and a few of its numbers. The networks are written from
the papers (bert 1810.04805; nomic_bert 2402.01613: rotary positions in the half layout, gated SiLU) and the loss from 1807.03748, with torch's own
operations, none of ours. Queries 0, 1, 2 belong to documents 2, 0, 3; document 4 is a copy of document 0 and so no negative of query 1.
"""

import json
import math

import torch

D, H, K, F, V, LAYERS, POSITIONS = 24, 4, 6, 20, 40, 2, 64
EPSILON, BASE, TEMPERATURE = 1e-6, 1000.0, 0.1
QUERIES = [5, 9, 3]
DOCUMENTS = [20, 13, 31, 17, 20]
POSITIVES = [2, 0, 3]
# First position, first token of the second piece, positions left out before it: of each text, queries first.
PLACES = [(0, 0, 0), (3, 0, 0), (0, 1, 2), (7, 5, 4), (0, 6, 40), (2, 0, 0), (0, 0, 0), (7, 5, 4)]


def weight(number, shape):
    count = math.prod(shape)
    index = torch.arange(count, dtype=torch.float64)
    values = torch.sin(0.37 * (number + 1) * (index + 1) + number)
    values = 1 + 0.2 * values if len(shape) == 1 else values * 1.5 / math.sqrt(shape[1])
    return values.to(torch.float32).to(torch.float64).reshape(shape).requires_grad_()


def probe(which, count):
    return torch.cos(0.61 * (which + 1) * torch.arange(count, dtype=torch.float64) + which)


def tokens(text, length):
    return torch.tensor([(7 * t * t + 3 * t + 5 + 11 * text) % V for t in range(length)])


def positions(text, length):
    first, cut, skip = PLACES[text]
    return torch.tensor([first + t + (skip if t >= cut else 0) for t in range(length)])


def norm(w, name, x):
    return torch.nn.functional.layer_norm(x, (D,), w[name + ".weight"], w[name + ".bias"], EPSILON)


def linear(w, name, x):
    return torch.nn.functional.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def attend(q, k, v):
    scores = torch.einsum("thk,shk->hts", q, k) / math.sqrt(K)
    return torch.einsum("hts,shk->thk", scores.softmax(-1), v).reshape(-1, H * K)


def bert(w, ids, places):
    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "token_type_embeddings.weight"][0] + w[e + "position_embeddings.weight"][places]
    x = norm(w, e + "LayerNorm", x)
    for i in range(LAYERS):
        p = f"encoder.layer.{i}."
        q, k, v = (linear(w, p + f"attention.self.{n}", x).view(-1, H, K) for n in ("query", "key", "value"))
        x = norm(w, p + "attention.output.LayerNorm", x + linear(w, p + "attention.output.dense", attend(q, k, v)))
        middle = torch.nn.functional.gelu(linear(w, p + "intermediate.dense", x))
        x = norm(w, p + "output.LayerNorm", x + linear(w, p + "output.dense", middle))
    return x


def rotate(x, places):
    angles = places.to(torch.float64)[:, None] * BASE ** (-torch.arange(K // 2, dtype=torch.float64) * 2 / K)[None, :]
    cos, sin = torch.cos(angles)[:, None, :], torch.sin(angles)[:, None, :]
    a, b = x[..., : K // 2], x[..., K // 2 :]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def nomic(w, ids, places):
    x = norm(w, "emb_ln", w["embeddings.word_embeddings.weight"][ids] + w["embeddings.token_type_embeddings.weight"][0])
    for i in range(LAYERS):
        p = f"encoder.layers.{i}."
        q, k, v = linear(w, p + "attn.Wqkv", x).view(-1, 3, H, K).unbind(1)
        x = norm(w, p + "norm1", x + linear(w, p + "attn.out_proj", attend(rotate(q, places), rotate(k, places), v)))
        middle = linear(w, p + "mlp.fc11", x) * torch.nn.functional.silu(linear(w, p + "mlp.fc12", x))
        x = norm(w, p + "norm2", x + linear(w, p + "mlp.fc2", middle))
    return x


def shapes_of(kind):
    shapes = {"embeddings.word_embeddings.weight": (V, D)}
    if kind == "bert":
        shapes |= {"embeddings.position_embeddings.weight": (POSITIONS, D), "embeddings.token_type_embeddings.weight": (2, D)}
        shapes |= {"embeddings.LayerNorm.weight": (D,), "embeddings.LayerNorm.bias": (D,)}
        for i in range(LAYERS):
            p = f"encoder.layer.{i}."
            for name, rows, columns in [("attention.self.query", D, D), ("attention.self.key", D, D), ("attention.self.value", D, D), ("attention.output.dense", D, D), ("intermediate.dense", F, D), ("output.dense", D, F)]:
                shapes |= {p + name + ".weight": (rows, columns), p + name + ".bias": (rows,)}
            for name in ("attention.output.LayerNorm", "output.LayerNorm"):
                shapes |= {p + name + ".weight": (D,), p + name + ".bias": (D,)}
    else:
        shapes |= {"embeddings.token_type_embeddings.weight": (2, D), "emb_ln.weight": (D,), "emb_ln.bias": (D,)}
        for i in range(LAYERS):
            p = f"encoder.layers.{i}."
            shapes |= {p + "attn.Wqkv.weight": (3 * D, D), p + "attn.out_proj.weight": (D, D), p + "mlp.fc11.weight": (F, D), p + "mlp.fc12.weight": (F, D), p + "mlp.fc2.weight": (D, F)}
            for name in ("norm1", "norm2"):
                shapes |= {p + name + ".weight": (D,), p + name + ".bias": (D,)}
    return shapes


def pool(x, pooling):
    if pooling == "cls":
        return x[0]
    if pooling == "last":
        return x[-1]
    weights = torch.arange(1, len(x) + 1, dtype=torch.float64) if pooling == "weighted_mean" else torch.ones(len(x), dtype=torch.float64)
    return (weights[:, None] * x).sum(0) / weights.sum()


def run(kind, pooling, symmetric):
    shapes = shapes_of(kind)
    w = {name: weight(n, shape) for n, (name, shape) in enumerate(shapes.items())}
    network = bert if kind == "bert" else nomic
    vectors = []
    for text, length in enumerate(QUERIES + DOCUMENTS):
        # The last document is a copy of the first.
        source = len(QUERIES) if text == len(QUERIES) + 4 else text
        vectors.append(torch.nn.functional.normalize(pool(network(w, tokens(source, length), positions(text, length)), pooling), dim=0))
    q, d = torch.stack(vectors[: len(QUERIES)]), torch.stack(vectors[len(QUERIES) :])
    scores = q @ d.T / TEMPERATURE
    same = torch.zeros_like(scores, dtype=torch.bool)
    same[1, 4] = True
    target = torch.tensor(POSITIVES)
    loss = torch.nn.functional.cross_entropy(scores.masked_fill(same, -math.inf), target)
    if symmetric:
        loss = (loss + torch.nn.functional.cross_entropy(scores[:, target].T, torch.arange(len(QUERIES)))) / 2
    loss.backward()
    gradients = {}
    for name, t in w.items():
        parts = {name + "#" + part: t.grad[i * D : (i + 1) * D] for i, part in enumerate(("Query", "Key", "Value"))} if "Wqkv" in name else {name: t.grad}
        for part, g in parts.items():
            g = g.flatten()
            every = 1 + g.numel() // 4
            gradients[part] = {
                "probes": [torch.dot(g, probe(which, g.numel())).item() for which in range(2)],
                "norm": g.norm().item(),
                "every": every,
                "values": g[::every].tolist(),
            }
    return {
        "kind": kind,
        "pooling": pooling,
        "symmetric": symmetric,
        "loss": loss.item(),
        "shapes": {name: list(shape) for name, shape in shapes.items()},
        "gradients": gradients,
    }


print(json.dumps({
    "produced_by": {"script": "make_embedder_gradients.py", "torch": torch.__version__, "precision": "float64"},
    "cases": [run("bert", "mean", False), run("bert", "cls", True), run("nomic_bert", "weighted_mean", True), run("nomic_bert", "last", False)],
}, indent=1))
