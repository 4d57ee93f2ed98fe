"""Finding the right child: folding, search tokens, comparison, score and grade. Pure."""
