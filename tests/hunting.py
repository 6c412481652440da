"""Hunts: Hypothesis looks for arguments for which something does not hold that always should.

Under `make test` a hunt is short, and the same every time; `make fuzz` repeats it with seeds that
nobody has seen.
"""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lossbook.classification import DISTRIBUTION, LOGITS, PROBABILITIES
from lossbook.loss import FINITE, Domain, Vector

AT_RANDOM = "FUZZ" in os.environ  # which tools/fuzz.py sets


def hunt(examples):
    """The settings of a hunt of so many examples."""
    return settings(
        max_examples=examples,
        derandomize=not AT_RANDOM,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def found(search, *args, examples=300):
    """What a hunt finds; for controls, which plant what is to be found."""

    @settings(hunt(examples), derandomize=True, phases=[Phase.generate])
    @given(st.data())
    def run(data):
        search(*args, data)

    with pytest.raises((AssertionError, FloatingPointError)) as error:
        run()
    return str(error.value)


# Numbers that a domain allows, hard ones first.

HARD = np.array(
    [
        *(0.0, 1.0, -1.0, 0.5, 2.0, 5e-324, -5e-324, 1e-310, 2.3e-308, 1e-300, -1e-160, 1e-17),
        *(0.1, 1 - 2.0**-53, 1 + 2.0**-52, 1 - 1e-9, 1e9, -1e9, 2.0**53, 1e150, 1.4e154, -1e200),
        *(36.7, -36.8, 708.3, -709.8, 720.5, 744.4, -745.2, 746.0, 800.0, -1e4, 1e308, -1.79e308),
    ]
)
RANGES = [(-2, 2), (0, 1), (-800, 800), (0, 1e6), (-1.79e308, 1.79e308)]


def numbers(domain):
    """Numbers that a domain allows, as a strategy."""
    hard = HARD[domain.allows(HARD)]
    drawn = [st.sampled_from(hard.tolist())] * 2 if hard.size else []
    for low, high in RANGES:
        inside = np.linspace(low / 2, high / 2, 9)[1:-1] + (high + low) / 4
        if domain.allows(inside[inside != 0]).all():
            drawn.append(st.floats(low, high).filter(lambda x: domain.allows(np.array(x))))
    return st.one_of(*drawn, *(st.just(choice) for choice in domain.choices))


ENTRIES = {
    # The direction of a difference that is subnormal has few digits, as that itself has.
    Vector: numbers(FINITE).map(lambda x: x if abs(x) > 1e-300 else 0.0),
    LOGITS: numbers(FINITE) | st.just(-np.inf),
    PROBABILITIES: numbers(Domain("0 or more", lambda x: x >= 0)),
}


def distributions(size):
    """One-hot, or of shares that sum to 1 exactly."""
    cuts = st.lists(st.integers(0, 64), min_size=size - 1, max_size=size - 1).map(sorted)
    shares = cuts.map(lambda at: (np.diff([0, *at, 64]) / 64).tolist())
    return st.integers(0, size - 1).map(lambda i: np.eye(size)[i].tolist()) | shares


def vectors(domain, size):
    """Vectors that a domain allows."""
    if domain is DISTRIBUTION:
        return distributions(size)
    whole = st.lists(ENTRIES[domain], min_size=size, max_size=size)
    if domain is LOGITS:  # at a common height too
        around = st.lists(st.floats(-3, 3), min_size=size, max_size=size)
        high = st.sampled_from([0.0, 1e6, -1e15, 1e300])
        whole |= st.builds(lambda row, top: [a + top for a in row], around, high)
    return whole.filter(lambda v: bool(np.all(domain.allows(np.array(v)))))


def samples(loss, domains):
    """The arguments of one sample, as a strategy; vectors are often equal or close."""

    @st.composite
    def draw(draw):
        size, drawn = draw(st.integers(1, 3)), []
        for domain in domains.values():
            if not domain.vector:
                drawn.append(draw(numbers(domain)))
                continue
            drawn.append(draw(vectors(domain, size)))
            if domain is Vector and len(drawn) > 1 and draw(st.booleans()):
                near = draw(st.sampled_from([0.0, 1e-300, 1e-160, 1e-9, 1e-3, 0.7]))
                drawn[-1] = [a + near * s for s, a in enumerate(drawn[0])]
        return drawn

    return draw()


def parameters(loss):
    """Some of the parameters, as a strategy of dicts."""
    takes = {name: loss._domains[name] for name in loss.parameters}
    one = {name: numbers(domain) for name, domain in takes.items()}
    return st.fixed_dictionaries({}, optional=one)
