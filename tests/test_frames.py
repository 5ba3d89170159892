"""What a browser is sent can be read back."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnwidget.design import create
from nnwidget.frames import ArrayHeader, Frame, FrameHeader, pack

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
    design = create(task="binary", inputs=["<b>a</b>", "\u00e9"], outputs=["yes"], classes=["no", "yes"], hidden=[3])
    headers, buffers = pack({"w1": np.zeros((2, 3), np.float32), "history": np.zeros((0, 6))})
    header = FrameHeader(1, 0, design, "paused", "", 0, 0.0, None, False, 0.0, "cpu", 8, 2, "accuracy", 0, headers)
    content = json.loads(json.dumps(Frame(header, buffers).json(), allow_nan=False))
    assert content["type"] == "frame"
    assert content["design"]["layers"] == [
        {"units": 3, "activation": "tanh"},
        {"units": 1, "activation": "sigmoid"},
    ]
    assert content["arrays"][1] == {"name": "history", "dtype": "float64", "shape": [0, 6]}
    assert [len(buffer) for buffer in buffers] == [24, 0]
