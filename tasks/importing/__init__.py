"""Reading uploaded files as rows, whatever their format, and making catalog nodes of the rows.

`rows.py` is the contract for readers, `readers.py` chooses one; `columns.py` maps columns, `nodes.py`
checks rows.
"""
