"""Exercises of the lessons: a cell with gaps that ends with a check, and the folded solution in the cell after it."""

from __future__ import annotations

import copy
import re
from itertools import pairwise

import nbformat

SOLUTION = re.compile(r"<details>\n<summary>Solution</summary>\n\n```python\n(.*?)```\n\n</details>", re.DOTALL)


def solutions(lesson: nbformat.NotebookNode) -> dict[str, str]:
    """By the id of the cell that each of them solves."""
    return {
        cell.id: found[1]
        for cell, after in pairwise(lesson.cells)
        if after.cell_type == "markdown" and (found := SOLUTION.search(after.source))
    }


def solved(lesson: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The lesson with every solution in the place of the functions of its cell; what is checked stays."""
    filled = copy.deepcopy(lesson)
    found = solutions(lesson)
    for cell in filled.cells:
        if cell.id in found:
            checks = [line for line in cell.source.splitlines() if ".check(" in line]
            cell.source = "\n".join([found[cell.id], "", *checks])
    return filled
