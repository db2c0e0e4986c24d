"""What an operation is; how it is written is checked by a type checker, see tests/typing."""

from __future__ import annotations

from dataclasses import fields

from tasks.operation import Operation, OperationSettings


def test_what_the_decorator_takes_is_what_an_operation_has() -> None:
    named = {"name", "title", "run", "options", "save"}
    assert set(OperationSettings.__annotations__) | named == {field.name for field in fields(Operation)}
