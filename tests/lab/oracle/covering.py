"""Combinations of factors: every pair of values at least once, and more at random.  The same seed gives the same."""

import itertools


def pairs_of(row):
    """The pairs that a combination covers: ((factor, value number), (factor, value number))"""
    return set(itertools.combinations(sorted(row.items()), 2))


def all_pairs(sizes, allowed):
    """Every pair that some allowed combination can have."""
    wanted = set()
    for one, two in itertools.combinations(sorted(sizes), 2):
        for pair in itertools.product(range(sizes[one]), range(sizes[two])):
            row = {one: pair[0], two: pair[1]}
            if allowed(row):
                wanted.add(tuple(sorted(row.items())))
    return wanted


def extend(row, sizes, wanted, allowed, random):
    """Fills the other factors, each with the value that covers most of what is still wanted."""
    for factor in random.sample(sorted(set(sizes) - set(row)), len(sizes) - len(row)):
        choices = random.sample(range(sizes[factor]), sizes[factor])
        choices = [c for c in choices if allowed({**row, factor: c})]
        if not choices:
            return None
        row[factor] = max(choices, key=lambda c: len(pairs_of({**row, factor: c}) & wanted))
    return row


def cover(factors, random, more=0, allowed=lambda values: True):
    """`factors`: name -> list of values; `allowed`: judges a (possibly partial) name -> value."""
    sizes = {name: len(values) for name, values in factors.items()}

    def fits(row):
        return allowed({name: factors[name][number] for name, number in row.items()})

    wanted, rows = all_pairs(sizes, fits), []
    while wanted:
        pair = random.choice(sorted(wanted))
        row = extend(dict(pair), sizes, wanted, fits, random)
        if row is None:
            wanted.discard(pair)  # allowed by itself, but with nothing else
            continue
        wanted -= pairs_of(row)
        rows.append(row)
    while more > 0:
        row = {name: random.randrange(size) for name, size in sizes.items()}
        if fits(row):
            rows.append(row)
            more -= 1
    return [{name: factors[name][number] for name, number in row.items()} for row in rows]
