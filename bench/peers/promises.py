"""What we promise against the best peer of the same run."""

# A figure of ours is at least so many times the best of the others' in another figure; a time is at most that.
PROMISES = [
    ("enqueue one by one, 64 callers", 3, "enqueue one by one, 64 callers", max),
    ("enqueue one by one, 64 callers", 0.4, "single-row inserts, 64 clients", max),
    ("enqueue by 1,000", 0.8, "enqueue by 1,000", max),
    ("drain one by one", 2, "drain one by one", max),
    ("drain in batches", 1, "drain in batches", max),
    ("hand-over p50", 1, "hand-over p50", min),
]


def judged(rows):
    """A line for each promise that can be judged by these rows."""
    ours = {row.figure: row.value for row in rows if row.peer == "claudebench"}
    lines = []
    for figure, times, against, best in PROMISES:
        others = [(row.value, row.peer) for row in rows if row.peer != "claudebench" and row.figure == against]
        if figure not in ours or not others:
            continue
        value, peer = best(others)
        ratio = ours[figure] / value
        kept = ratio >= times if best is max else ratio <= times
        least = "at least" if best is max else "at most"
        lines.append(f"{figure}: {ratio:.2f} of {peer}'s, promised {least} {times}: {'kept' if kept else 'MISSED'}")
    return ["", *lines] if lines else []
