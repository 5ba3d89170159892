"""What a browser is sent can be read back."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnwidget.commands import Seek, Step
from nnwidget.data import prepare
from nnwidget.design import create
from nnwidget.frames import ArrayHeader, pack
from nnwidget.trainer import Trainer

DTYPES = st.sampled_from([np.float32, np.float64, np.int32])


def unpack(headers: list[ArrayHeader], buffers: list[memoryview]) -> dict[str, np.ndarray]:
    """As the browser does it: from bytes, little endian, C order."""
    return {
        header.name: np.frombuffer(bytes(buffer), np.dtype(header.dtype).newbyteorder("<")).reshape(header.shape)
        for header, buffer in zip(headers, buffers, strict=True)
    }


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from("abcd"), hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, min_side=0, max_dims=3)))
)
def test_arrays_come_back_as_they_were(arrays: dict[str, np.ndarray]) -> None:
    headers, buffers = pack(arrays)
    back = unpack(headers, buffers)
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)
    assert all(buffer.format == "B" and buffer.ndim == 1 for buffer in buffers)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.float32).reshape(3, 4).T,
        np.arange(20, dtype=np.int32)[::-3],
        np.asfortranarray(np.ones((2, 3))),
        np.arange(4, dtype=">f8"),
        np.array([np.nan, np.inf, -np.inf, -0.0], np.float32),
        np.broadcast_to(np.float32(3), (2, 2)),
    ],
    ids=["transposed", "strided", "fortran", "big endian", "not finite", "broadcast"],
)
def test_arrays_of_any_layout(array: np.ndarray) -> None:
    array.flags.writeable = False
    back = unpack(*pack({"a": array}))["a"]
    np.testing.assert_array_equal(back, array)
    np.testing.assert_array_equal(np.signbit(back), np.signbit(array))


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.float16, np.complex64, object])
def test_what_a_browser_has_no_array_for_is_an_error(dtype: type) -> None:
    with pytest.raises(KeyError):
        pack({"a": np.zeros(3, dtype)})


def test_a_header_is_plain_json() -> None:
    data = prepare(pd.DataFrame({"<b>a</b>": [1.0, 2, 3, 4], "\u00e9": [1.0, 0, 0, 1]}), [0, 1, 0, 1], test_size=0.0)
    design = create(task="binary", inputs=data.inputs, outputs=data.outputs, classes=data.classes, hidden=[3])
    frame = Trainer(design, data).first_frame()
    content = json.loads(json.dumps(frame.json(), allow_nan=False))
    assert content["type"] == "frame"
    assert content["design"]["inputs"] == ["<b>a</b>", "\u00e9"]
    assert content["design"]["layers"] == [
        {"units": 3, "activation": "tanh"},
        {"units": 1, "activation": "sigmoid"},
    ]
    assert {"name": "history", "dtype": "float64", "shape": [0, 6]} in content["arrays"]
    sizes = [np.dtype(array["dtype"]).itemsize * math.prod(array["shape"]) for array in content["arrays"]]
    assert [len(buffer) for buffer in frame.buffers] == sizes


def test_checkpoints_that_branches_share_are_told_from_those_that_look_alike() -> None:
    data = prepare(np.arange(20.0).reshape(10, 2), [0, 1] * 5, test_size=0.0)
    design = create(task="binary", inputs=data.inputs, outputs=data.outputs, classes=data.classes, batch_size=5)
    net = Trainer(design, data)
    net.start()
    net.do(Step(epochs=3))
    net.do(Seek(step=2))
    net.do(Step(epochs=2))
    frame = net.first_frame()
    net.close()
    rows = unpack(frame.header.arrays, list(frame.buffers))["timeline"].tolist()
    alone = [[1, 0, 0, 1], [1, 2, 1, 1], [1, 4, 2, 1], [1, 6, 3, 1]]
    assert rows == [*alone, [2, 0, 0, 1], [2, 2, 1, 1], [2, 4, 2, 2], [2, 6, 3, 2]]
