"""Each table is whole, and says what it is."""

import inspect

import numpy as np
import pytest

from lossbook import datasets

TABLES = [
    (name, function)
    for name, function in vars(datasets).items()
    if inspect.isfunction(function) and function.__module__ == datasets.__name__ and name[0] != "_"
]


@pytest.mark.parametrize(("name", "load"), TABLES)
def test_tables_have_source_licence_and_finite_numbers(name, load):
    data = load()
    assert {"title", "units", "source", "licence"} <= data.about.keys()
    assert data.values.shape == (len(data), len(data.columns))
    assert np.isfinite(data.values).all()
    assert all(column in data.about["units"] for column in data.columns)
    assert data.about["title"] in repr(data)
    assert "licence" in data._repr_markdown_()


def test_columns_by_name():
    data = datasets.stackloss()
    assert data["stack_loss"].sum() == 368  # Brownlee's 21 days, mean 17.52
    assert len(data) == 21
    with pytest.raises(KeyError, match="takes one of stack_loss, air_flow"):
        data["stack.loss"]
    assert datasets.belgian_phones()["calls"].max() == 212
