"""The table of true and predicted classes."""

from __future__ import annotations

import numpy as np

from nnwidget.data import prepare
from nnwidget.design import create
from nnwidget.lenses.confusion import MOST_CLASSES, look
from nnwidget.lenses.moment import Moment


def moment(classes: int) -> Moment:
    """One row of each class in the training part and one in the test part; all are taken for the first class."""
    names = [f"k{number:03}" for number in range(classes)]
    data = prepare(np.arange(2 * classes), names * 2, test_size=0.5)
    design = create(task=data.task, inputs=data.inputs, outputs=data.outputs, classes=data.classes)
    return Moment(design, data, np.eye(classes)[np.zeros(2 * classes, int)])


def test_rows_are_counted_by_true_and_predicted_class_in_each_part() -> None:
    counts = look(moment(3))["confusion"]
    np.testing.assert_array_equal(counts, [[[1, 0, 0]] * 3] * 2)


def test_of_more_classes_than_anybody_can_read_nothing_is_sent() -> None:
    assert look(moment(MOST_CLASSES))["confusion"].shape == (2, MOST_CLASSES, MOST_CLASSES)
    assert look(moment(MOST_CLASSES + 1)) == {}
