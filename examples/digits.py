"""Reading handwritten digits: a network trained on real data, from pixels to accuracy.

Scikit-learn's 1797 digits of 8 by 8 pixels; a fifth is held back. Ends with status 1 if fewer than
97 % of those are read correctly.

    python digits.py [--epochs 30] [--picture digits_loss.png]
"""

import argparse
import sys

import matplotlib
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import trange

import chainrule as torch
from chainrule import nn

WANTED = 0.97


def load():
    """Pixels between 0 and 1 and their digits, four fifths to learn from and one held back."""
    pixels, digits = load_digits(return_X_y=True)
    parts = train_test_split(pixels / 16, digits, test_size=0.2, stratify=digits, random_state=0)
    learn, held_back, learn_digits, held_back_digits = map(torch.tensor, parts)
    return (learn.float(), learn_digits), (held_back.float(), held_back_digits)


def make_network():
    return nn.Sequential(
        nn.Linear(64, 256),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(256, 10),
    )


def train(network, pixels, digits, epochs):
    """Trains in batches of 32, in smaller and smaller steps; the mean loss of every epoch."""
    optimizer = torch.optim.Adam(network.parameters(), lr=4e-3)
    loss_of = nn.CrossEntropyLoss()
    curve = []
    network.train()
    for _ in (bar := trange(epochs, unit="epoch")):
        total = 0.0
        for batch in torch.randperm(len(pixels)).split(32):
            noise = 0.15 * torch.randn(len(batch), 64)  # no single pixel is learnt by heart
            loss = loss_of(network(pixels[batch] + noise), digits[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        curve.append(total / len(pixels))
        bar.set_postfix(loss=f"{curve[-1]:.4f}")
        optimizer.param_groups[0]["lr"] *= 0.9
    return curve


def accuracy(network, pixels, digits):
    network.eval()
    with torch.no_grad():
        return (network(pixels).argmax(dim=1) == digits).float().mean().item()


def save_picture(curve, path):
    matplotlib.use("Agg")  # a file, no window
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    axes.semilogy(range(1, len(curve) + 1), curve)
    axes.set(title="Learning to read digits", xlabel="epoch", ylabel="loss")
    figure.savefig(path, dpi=100, bbox_inches="tight")


def print_graph(node, indent=0):
    """The operations behind a result, each above the ones it was computed from."""
    if node is None:
        return  # an input that needs no gradient
    name = node.name().rpartition(":")[2]
    leaf = f" {tuple(node.variable.shape)}" if name == "AccumulateGrad" else ""
    print("    " * indent + name + leaf)
    for input_node, _ in node.next_functions:
        print_graph(input_node, indent + 1)


def main():
    options = argparse.ArgumentParser(description="Learn to read handwritten digits.")
    options.add_argument("--epochs", type=int, default=30)
    options.add_argument("--picture", default="digits_loss.png")
    chosen = options.parse_args()

    torch.manual_seed(0)
    (pixels, digits), held_back = load()
    network = make_network()
    curve = train(network, pixels, digits, chosen.epochs)
    share = accuracy(network, *held_back)

    save_picture(curve, chosen.picture)
    print(f"loss: {curve[0]:.4f} after the first epoch, {curve[-1]:.4f} after the last")
    print(f"the curve is in {chosen.picture}")
    print(f"{share:.1%} of {len(held_back[1])} held-back digits are read correctly")
    print("the graph of one loss:")
    loss = nn.CrossEntropyLoss()(network(pixels[:32]), digits[:32])
    print_graph(loss.grad_fn)
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
