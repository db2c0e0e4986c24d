"""Describing functions of the catalog: keywords, area, personal data, complexity and quality.

`annotator.py` is the contract for providers; `local.py` needs no network.
"""
